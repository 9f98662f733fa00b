/// The part of a data set that a folder's name stands for.
enum FolderRole: Hashable {
  /// The images to train on.
  case training
  /// The images to validate on.
  case validation
  /// The images that are kept for the end.
  case test
  /// Some people use the name for validation images, some for images that are kept for the end.
  case unclear

  private static let words: [(role: FolderRole, words: Set<String>)] = [
    (.training, ["train", "training", "trn"]),
    (.validation, ["val", "valid", "validation", "validate", "validating", "dev", "development"]),
    (.test, ["test", "testing", "tst"]),
    (.unclear, ["eval", "evaluation", "evaluate", "holdout"]),
  ]
  /// Words that say nothing about the part: `seg_train`, `val_set`, `test-images`.
  private static let fillers: Set = [
    "set", "data", "dataset", "split", "seg", "img", "imgs", "image", "images",
  ]

  /// The role of the usual names, in upper or lower case: `train`, `Training`, `val_set`, `test1`, `seg_test`.
  ///
  /// - Returns: nil for any other name.
  init?(name: String) {
    let parts = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    let words = parts.map(Self.withoutNumber).filter { !$0.isEmpty && !Self.fillers.contains($0) }
    guard words.count == 1 else { return nil }
    let word = Self.withoutFiller(words[0])
    guard let role = Self.words.first(where: { $0.words.contains(word) })?.role else { return nil }
    self = role
  }

  /// A word without the number at its end: `train2017` is `train`.
  private static func withoutNumber(_ word: String) -> String {
    var word = word
    while word.last?.isNumber == true { word.removeLast() }
    return word
  }

  /// A word without a filler at its end: `trainset` is `train`, and `testdata` is `test`.
  private static func withoutFiller(_ word: String) -> String {
    for end in ["dataset", "set", "data", "images", "imgs"] where word.hasSuffix(end) && word != end {
      return String(word.dropLast(end.count))
    }
    return word
  }
}
