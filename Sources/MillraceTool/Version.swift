import MillraceModels

/// What `millrace --version` says.
enum Version {
  static let number = "0.1.0"
  static let text = (["millrace \(number)"] + LibraryVersions.lines + [RankSession.libraryVersion])
    .joined(separator: "\n")
}
