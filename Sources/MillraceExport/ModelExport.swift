public import Millrace

extension Model {
  /// Writes the model in another format, whole or not at all; the same model gives the same bytes.
  ///
  /// - Parameters:
  ///   - path: Where to. A file that is there is replaced.
  ///   - format: The format.
  /// - Throws: ``ExportError`` where the format cannot hold the model, `FileError` where the file cannot be
  ///   written.
  public func export(to path: String, as format: ExportFormat) throws {
    switch format {
    case .onnx: try DurableFile.write(onnx(), to: path)
    case .safetensors: try save(to: path)
    case .npz:
      var archive = try ZipWriter(path: path)
      for (name, array) in try numpyArrays() { try archive.add("\(name).npy", array.npy) }
      try archive.finish()
    }
  }
}
