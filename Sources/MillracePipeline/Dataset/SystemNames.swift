/// Names of files and folders that operating systems and file servers put into folders by themselves: they are left
/// out of data sets like names that begin with a dot.
enum SystemNames {
  private static let names: [StaticString] = [
    "thumbs.db", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "@eadir", "#recycle", "$recycle.bin",
    "system volume information", "__macosx", "lost+found",
  ]
  private static let firstLetters: [Bool] = {
    var isFirst = [Bool](repeating: false, count: 256)
    for name in names { isFirst[Int(name.utf8Start[0])] = true }
    return isFirst
  }()

  /// Whether a name is one of them, in upper or lower case.
  static func contain(_ name: UnsafeRawBufferPointer) -> Bool {
    guard let first = name.first, firstLetters[Int(lowercased(first))] else { return false }
    return names.contains { known in
      known.utf8CodeUnitCount == name.count
        && name.indices.allSatisfy { lowercased(name[$0]) == known.utf8Start[$0] }
    }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
  }
}
