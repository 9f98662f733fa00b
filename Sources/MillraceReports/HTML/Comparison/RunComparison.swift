import MillraceNetwork
import MillraceTraining

/// Several runs in the order in which a page shows them: runs that were validated on the same images are together,
/// the best of them first.
struct RunComparison: Sendable {
  /// A run and its name.
  struct Run: Sendable {
    let name: String
    let record: RunRecord
    /// Whether no other run that was validated on the same images has a better figure.
    fileprivate(set) var isBest = false
  }

  /// The runs that were validated on the same images.
  struct Group: Sendable {
    /// The images that the runs were validated on, in words; nil for runs without validation.
    let validation: String?
    fileprivate(set) var runs: [Run]
  }

  let groups: [Group]
  /// The settings that are not the same in all runs, in the order of `config.yaml`.
  let differingKeys: [String]

  /// The number of runs that are drawn as curves of their own colour, histograms and pictures; tables hold all
  /// runs.
  static let mostDrawn = 8

  init(runs: [Run]) {
    let keys = Dictionary(grouping: runs, by: \.record.validationKey)
    var order: [String] = []
    for run in runs where !order.contains(run.record.validationKey) { order.append(run.record.validationKey) }
    groups = order.map { key in
      var members = (keys[key] ?? []).sorted { $0.record.isBetter(than: $1.record) }
      if members.first?.record.best?.validation != nil, runs.count > 1 { members[0].isBest = true }
      return Group(validation: members.first?.record.validationText, runs: members)
    }
    differingKeys = Self.differingKeys(of: runs.map(\.record))
  }

  /// All runs, group after group.
  var runs: [Run] { groups.flatMap(\.runs) }
  /// The runs that are drawn: of each group as many of the best as its share of the runs allows, at least one.
  var drawn: [Run] {
    let all = runs
    guard all.count > Self.mostDrawn else { return all }
    var chosen: [Run] = []
    var depth = 0
    while chosen.count < Self.mostDrawn {
      let next = groups.compactMap { depth < $0.runs.count ? $0.runs[depth] : nil }
      chosen += next.prefix(Self.mostDrawn - chosen.count)
      depth += 1
    }
    let names = Set(chosen.map(\.name))
    return all.filter { names.contains($0.name) }
  }

  /// What a section says where it draws fewer runs than there are; nil where it draws all.
  var drawnNote: Markup? {
    let (all, drawn) = (runs.count, drawn.count)
    return drawn < all ? .note("The best \(drawn) of \(Figures.count(all, "run")) are drawn.") : nil
  }

  /// A run's name with the settings that set it apart from the other runs that are drawn, as far as a title has
  /// room for them.
  func title(of run: Run) -> String {
    let keys = Self.differingKeys(of: drawn.map(\.record)).filter { !Self.ofPlace.contains($0) }
    let shown = keys.prefix(Self.mostSettings).map { key in
      "\(key) \(Self.shortened(run.record.text(of: key) ?? "–"))".printable
    }
    return shown.isEmpty ? run.name.printable : "\(run.name.printable): \(shown.joined(separator: ", "))"
  }

  /// What differs, for the head of a page; nil where nothing does.
  var difference: String? {
    let keys = differingKeys.map(\.printable)
    guard let last = keys.last else { return nil }
    return keys.count == 1 ? last : keys.dropLast().joined(separator: ", ") + " and " + last
  }

  private static let mostSettings = 4
  private static let longestSetting = 24

  private static func shortened(_ text: String) -> String {
    text.count > longestSetting ? text.prefix(longestSetting - 1) + "…" : text
  }

  /// Settings of places, or of how a run is carried out, which do not affect what it learns.
  private static let ofPlace = ConfigurationSetting.keys { [.place, .speed].contains($0.bearing) }

  private static func differingKeys(of records: [RunRecord]) -> [String] {
    var keys: [String] = []
    for key in records.flatMap({ $0.settings.map(\.key) }) where !keys.contains(key) { keys.append(key) }
    let differing = keys.filter { key in Set(records.map { $0.text(of: key) }).count > 1 }
    // Settings that affect what is learned come first, those of places last.
    return differing.filter { !ofPlace.contains($0) } + differing.filter(ofPlace.contains)
  }

  /// A curve for each run that is drawn.
  func plot(
    _ title: String, _ scale: LinePlot.Scale, note: String? = nil, fromZero: Bool = false,
    _ value: (EpochReport) -> Double?
  ) -> Markup? {
    let series = drawn.enumerated().map { index, run in
      LinePlot.Series(name: run.name.printable, color: index + 1, points: run.record.search.points(value))
    }.filter { !$0.points.isEmpty }
    if series.isEmpty { return nil }
    return LinePlot(title: title, note: note, scale: scale, series: series, fromZero: fromZero).markup
  }
}

extension RunRecord {
  /// A text that is the same for runs that were validated on the same images, as far as the record shows.
  fileprivate var validationKey: String {
    if let validationSet { return validationSet }
    guard let validationCount, validationCount > 0 else { return "" }
    // In a record of an earlier version, this is what the images followed from.
    return (ConfigurationSetting.imagePaths + ["val-fraction", "seed"]).map { text(of: $0) ?? "" }.joined(
      separator: "\n")
      + "\n\(validationCount)"
  }

  /// The images that the run was validated on, in words.
  fileprivate var validationText: String? {
    guard let validationCount, validationCount > 0 else { return nil }
    let place = text(of: "val") ?? text(of: "labels") ?? text(of: "data") ?? "its data"
    return "\(Figures.count(validationCount, "image")) of \(place.printable)"
  }

  /// Whether a run comes before another: by validation accuracy, then by validation loss.
  fileprivate func isBetter(than other: RunRecord) -> Bool {
    guard let mine = best?.validation, let accuracy = mine.accuracy, let loss = mine.mean else {
      return false
    }
    guard let theirs = other.best?.validation, let otherAccuracy = theirs.accuracy,
      let otherLoss = theirs.mean
    else { return true }
    return (accuracy, -loss) > (otherAccuracy, -otherLoss)
  }
}
