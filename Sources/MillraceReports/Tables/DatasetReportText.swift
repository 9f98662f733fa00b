import MillracePipeline
public import MillraceWorkshop

/// A check of a data set for people: counts, what is odd, duplicates, and the command to begin with.
public struct DatasetReportText {
  /// The number of files of a finding, of groups of duplicates and of members of a group that are named.
  private static let named = 5
  /// The number of classes that are shown.
  private static let classesShown = 40

  private let report: DatasetReport
  private let named: Int
  private let classesShown: Int

  /// Takes a report.
  ///
  /// - Parameters:
  ///   - report: The results of the check.
  ///   - listsAll: Whether every file, group and class is named, not only the first few.
  public init(_ report: DatasetReport, listsAll: Bool = false) {
    self.report = report
    named = listsAll ? .max : Self.named
    classesShown = listsAll ? .max : Self.classesShown
  }

  /// The whole text.
  ///
  /// - Parameter width: The number of columns; nil: as many as needed.
  public func lines(width: Int?) -> [String] {
    classLines(width) + findingLines + duplicateLines + leakageLines + cutLines
      + report.notices.map { "note: \($0)".printable }
      + closingLines
  }

  private func classLines(_ width: Int?) -> [String] {
    var table = TextTable([
      .text("class"), .number("training"), .number("validation"), .number("unusable"),
    ])
    func add(_ name: String, _ counts: [Int]) { table.add([name] + counts.map { Figures.count($0) }) }
    let names = report.classes.map(\.name).toldApart
    for (name, entry) in zip(names, report.classes).prefix(classesShown) {
      add(name, [entry.training, entry.validation, entry.unusable])
    }
    let rest = report.classes.count - classesShown
    if rest > 0 {
      let others = report.classes.dropFirst(classesShown)
      func sum(_ path: KeyPath<DatasetReport.ClassCount, Int>) -> Int {
        others.reduce(0) { $0 + $1[keyPath: path] }
      }
      add("\(Figures.count(rest)) more", [sum(\.training), sum(\.validation), sum(\.unusable)])
    }
    add("all", [report.trainingCount, report.validationCount, report.unusableCount])
    return table.lines(width: width) + [""]
  }

  private var findingLines: [String] {
    DatasetReport.Finding.allCases.flatMap { finding -> [String] in
      guard let items = report.findings[finding], !items.isEmpty else { return [] }
      let lines = items.prefix(named).map { item in
        "  \(item.path)\(item.detail.map { ": \($0)" } ?? "")".printable
      }
      return ["\(Figures.count(items.count, "file")) \(finding.words(items.count))"] + lines
        + more(items.count) + [""]
    }
  }

  private var duplicateLines: [String] {
    var lines: [String] = []
    for isExact in [true, false] {
      let groups = report.duplicates.filter { $0.isExact == isExact }
      if groups.isEmpty { continue }
      let conflicts = groups.count(where: \.crossesClasses)
      let leaks = groups.count(where: \.crossesSplits)
      lines.append(
        "\(Figures.count(groups.count, "group")) of \(isExact ? "equal files" : "images that look the same"), "
          + "\(Figures.count(conflicts)) with different labels, "
          + "\(Figures.count(leaks)) in both training and validation"
          + (conflicts > 0 ? "; keep each only under its right class" : "")
          + (leaks == 0
            ? ""
            : "; "
              + (report.leakage?.isDrawn ?? false
                ? "keep them on one side with --group-by look-alikes" : "take those out of one of them")
              + ", since the figures are too good otherwise"))
      // Duplicates that do harm come first.
      let ordered = groups.filter(\.doesHarm) + groups.filter { !$0.doesHarm }
      for group in ordered.prefix(named) {
        let paths = group.members.prefix(named).map { $0.path.printable }
        let rest = group.members.count - paths.count
        lines.append(
          "  " + paths.joined(separator: isExact ? " = " : " ~ ")
            + (rest > 0 ? " and \(Figures.count(rest)) more" : "") + group.harm)
      }
      lines += more(groups.count) + [""]
    }
    return lines
  }

  private var leakageLines: [String] {
    report.leakage?.line.map { [$0.printable, ""] } ?? []
  }

  private var cutLines: [String] { report.cutOff?.line.map { [$0, ""] } ?? [] }

  private var closingLines: [String] {
    guard report.trainingCount > 0, report.problems.isEmpty else { return [] }
    let group = report.groupBy.map { ["--group-by", $0] } ?? []
    return ["next  \(NextStep(["train", report.data] + NextStep.labels(report.labels) + group))"]
  }

  private func more(_ count: Int) -> [String] {
    count > named ? ["  and \(Figures.count(count - named)) more; --all names them"] : []
  }
}

extension DatasetReport.DuplicateGroup {
  fileprivate var doesHarm: Bool { crossesClasses || crossesSplits }

  fileprivate var harm: String {
    let parts = [
      crossesClasses ? "different labels" : nil, crossesSplits ? "in training and validation" : nil,
    ].compactMap { $0 }
    return parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))"
  }
}

extension DatasetReport.Finding {
  /// A phrase that says what is wrong with so many files, without a full stop.
  func words(_ count: Int) -> String {
    let (are, have, them, they, show) =
      count == 1 ? ("is", "has", "it", "it", "shows") : ("are", "have", "them", "they", "show")
    return switch self {
    case .unreadable: "cannot be used and \(are) left out; restore or remove \(them)"
    case .truncated:
      "\(are) cut short and left out; restore \(them), or use what there is with --allow-truncated"
    case .cutShort: "\(are) cut short and used as far as \(count == 1 ? "it goes" : "they go"), as asked"
    case .decodedWithWarnings: "\(are) decoded with warnings; check whether \(they) \(are) whole"
    case .misnamed: "\(have) a name of another format; nothing needs to be done"
    case .cmyk: "\(have) four inks (CMYK), which are converted; nothing needs to be done"
    case .sixteenBit: "\(have) 16 bits a sample, of which 8 are used; nothing needs to be done"
    case .transparent: "\(are) transparent in places, which show the background; --background chooses it"
    case .lostOnBackground:
      "\(are) transparent and can hardly be seen on the background; choose another --background"
    case .turned: "\(are) turned upright as EXIF says; nothing needs to be done"
    case .tiny:
      "\(have) a side below \(DatasetReport.tinySide) pixels; check whether \(they) \(show) anything"
    case .blurred: "\(are) blurred; check whether \(they) \(show) what \(they) should"
    case .dark: "\(are) dark all over; check whether \(they) \(show) anything"
    case .bright: "\(are) bright all over; check whether \(they) \(show) anything"
    case .blank: "\(show) a plain surface; check whether \(they) \(are) of any use"
    case .oddRatio: "\(have) an odd shape, of which a crop shows little; --fit pad shows all of it"
    case .huge:
      "\(have) more than \(Figures.count(DatasetReport.hugePixels)) pixels, which take long to decode; smaller copies train faster"
    }
  }
}
