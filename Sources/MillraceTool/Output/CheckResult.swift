import MillraceWorkshop

/// A check of a data set as JSON.
struct CheckResult: Encodable {
  struct ClassCount: Encodable {
    let name: String
    let training, validation, unusable: Int
  }

  struct File: Encodable {
    let path: String
    let detail: String?
  }

  struct Group: Encodable {
    struct Member: Encodable {
      let path, `class`, split: String
    }

    let exact, labelConflict, leakage: Bool
    let files: [Member]
  }

  struct Leakage: Encodable {
    let groupBy: String
    let groups, judged, leaking: Int
    let prevented: Bool
  }

  struct CutOff: Encodable {
    let mean: Double?
    let images, large: Int
  }

  let data: String
  let training, validation, unusable: Int
  let classes: [ClassCount]
  let findings: [String: [File]]
  let duplicates: [Group]
  let leakage: Leakage?
  let cutOff: CutOff?
  let problems, notices: [String]

  init(_ report: DatasetReport) {
    data = report.data
    training = report.trainingCount
    validation = report.validationCount
    unusable = report.unusableCount
    classes = report.classes.map {
      ClassCount(name: $0.name, training: $0.training, validation: $0.validation, unusable: $0.unusable)
    }
    // Every finding has its key, so that a script need not tell none from unknown.
    findings = Dictionary(
      uniqueKeysWithValues: DatasetReport.Finding.allCases.map { finding in
        let items = report.findings[finding] ?? []
        return (finding.rawValue, items.map { File(path: $0.path, detail: $0.detail) })
      })
    duplicates = report.duplicates.map { group in
      Group(
        exact: group.isExact, labelConflict: group.crossesClasses, leakage: group.crossesSplits,
        files: group.members.map {
          Group.Member(
            path: $0.path, class: $0.className, split: $0.isValidation ? "validation" : "training")
        })
    }
    leakage = report.leakage.map {
      Leakage(
        groupBy: "\($0.grouping)", groups: $0.groups, judged: $0.judged, leaking: $0.leaking,
        prevented: $0.isPrevented)
    }
    cutOff = report.cutOff.map { CutOff(mean: $0.mean, images: $0.images, large: $0.large) }
    problems = report.problems
    notices = report.notices
  }
}
