import MillraceModels
import MillracePipeline
import MillraceShards

extension Ranks {
  /// Notices about the ranks for a person to read before the start. Every rank must call this.
  package func notices(shards: Int) throws -> [String] {
    if isAlone { return [] }
    var notices: [String] = []
    let libraries = try group.gather(LibraryVersions.lines.joined(separator: ", "))
    if let rank = libraries.firstIndex(where: { $0 != libraries[0] }) {
      notices.append(
        "rank \(rank) on \(group.hosts[rank]) has other libraries than rank 0, so the same run elsewhere may come "
          + "to other bits: \(libraries[rank]) instead of \(libraries[0])")
    }
    if shards < count {
      notices.append(
        "\(shards) shards keep \(shards) of \(count) ranks busy; --shards \(count) or more would keep all")
    }
    return notices
  }

  /// Checks that all ranks run the same program with the same settings, from the same state, on the same images.
  ///
  /// - Throws: `RankError.differs`.
  func agree(
    on configuration: TrainingConfiguration, data: TrainingData, initialParameters: [Float]?,
    checkpoint: Checkpoint?
  ) throws {
    if isAlone { return }
    // The place of the images and the speed of their use may differ, but not the treatment of bad ones.
    let free = ConfigurationSetting.keys { [.place, .speed].contains($0.bearing) }
    let settings = configuration.resolvedSettings.filter { !free.contains($0.key) }
    let state = checkpoint.map { "step \($0.state.stepsDone), weights \(Checksum.of($0.model.parameters))" }
    try agree(
      on: [
        ("version of millrace", program)
      ] + settings.map { ("setting \($0.key)", $0.text) } + [
        ("training images", data.training.identityText),
        ("validation images", data.validation?.identityText ?? "none"),
        ("initial weights", initialParameters.map { "checksum \(Checksum.of($0))" } ?? "by the seed"),
        ("checkpoint", state ?? "none"),
      ])
    try share(workers: configuration.execution.resolvedWorkers)
  }
}

extension Dataset {
  /// A few words that tell one data set from another.
  fileprivate var identityText: String {
    "\(count) images in \(classes.count) classes with fingerprint \(String(fingerprint, radix: 16))"
  }
}
