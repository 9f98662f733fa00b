import Foundation
public import MillraceModels

extension Model {
  /// Writes the model in another format, and beside it a text that says what pixels it takes; beside a graph a program in
  /// Python, too, and beside a C file its header. Each file is whole or absent; the same model gives the same bytes.
  ///
  /// - Parameters:
  ///   - path: Where to. The files beside it have its name and the endings `.txt` and `.py`; the header has `.h` for `.c`.
  ///   - format: The format.
  ///   - options: What else there is to choose.
  /// - Returns: The paths of all files, the model's first.
  /// - Throws: ``ExportError`` where the format cannot hold the model, or a file is there and may not be replaced;
  ///   `FileError` where a file cannot be written; what reading images throws where weights are made smaller.
  @discardableResult
  public func export(
    to path: String, as format: ExportFormat, options: ExportOptions = ExportOptions()
  ) throws -> [String] {
    let paths = try Self.exportedPaths(of: path, as: format)
    if !options.replaces, let taken = paths.first(where: Self.isFile) {
      throw ExportError.exists(path: taken)
    }
    let name = Self.lastPart(of: path)
    switch format {
    case .onnx:
      try DurableFile.write(onnx(input: options.input), to: path)
      try DurableFile.write(PythonProgram(graph: name, input: options.input).text, to: path + ".py")
    case .c:
      let file = try CFile(self, named: String(name.dropLast(2)), quantization: options.quantization)
      try DurableFile.write(file.source, to: path)
      try DurableFile.write(file.header, to: Self.header(of: path))
    case .safetensors: try save(to: path)
    case .npz:
      var archive = try ZipWriter(path: path)
      for (name, array) in try numpyArrays() { try archive.add("\(name).npy", array.npy) }
      try archive.finish()
    }
    let words = ModelInWords(
      model: self, names: paths.map(Self.lastPart), format: format, options: options)
    try DurableFile.write(words.text, to: path + ".txt")
    return paths
  }

  /// The paths of all files that an export writes, the model's first.
  ///
  /// - Throws: ``ExportError/unusableName(path:)``.
  public static func exportedPaths(of path: String, as format: ExportFormat) throws(ExportError) -> [String] {
    switch format {
    case .onnx: return [path, path + ".txt", path + ".py"]
    case .c:
      let name = lastPart(of: path)
      let isUsable = name.utf8.count > 2 && name.utf8.suffix(2).elementsEqual(".c".utf8)
      let isPlain = name.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !"\"\\?*".unicodeScalars.contains($0)
      }
      guard isUsable, isPlain else { throw .unusableName(path: path) }
      return [path, header(of: path), path + ".txt"]
    case .safetensors, .npz: return [path, path + ".txt"]
    }
  }

  /// Whether there is something that would be replaced; a folder never is.
  private static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  private static func header(of path: String) -> String { String(path.dropLast(2)) + ".h" }

  private static func lastPart(of path: String) -> String {
    path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.utf8.index(after: $0)...]) } ?? path
  }
}
