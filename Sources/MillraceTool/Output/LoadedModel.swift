import MillraceModels

extension Model {
  /// Reads the model that a path means, and says so where it is that of a run which has not come to its end.
  ///
  /// - Parameters:
  ///   - path: A model file or a run folder.
  ///   - note: Is told what a person should know.
  /// - Throws: What ``Model/init(contentsOf:)`` throws.
  static func loaded(from path: String, note: (String) -> Void) throws -> Model {
    let model = try Model(contentsOf: path)
    let file = RunFolder.modelPath(for: path)
    if file != path, file != RunFolder(path: path).model {
      note("\(path): the run is not finished; this is the model in \(file)")
    }
    return model
  }
}
