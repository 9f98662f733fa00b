extension DatasetReport {
  /// The findings whose pictures a page shows: what a look tells more of than words.
  public static let suspects: [Finding] = [
    .blank, .blurred, .dark, .bright, .oddRatio, .tiny, .lostOnBackground, .truncated, .cutShort,
    .decodedWithWarnings,
  ]
  /// So many pictures of a finding are shown.
  public static let shownOfFinding = 24
  /// So many groups of duplicates are shown, and of each so many members.
  public static let (shownGroups, shownMembers) = (24, 6)

  /// The groups that a page shows: what does harm comes first.
  public var shownDuplicates: [DuplicateGroup] {
    let harmful = duplicates.filter { $0.crossesClasses || $0.crossesSplits }
    let others = duplicates.filter { !$0.crossesClasses && !$0.crossesSplits }
    return Array((harmful + others).prefix(Self.shownGroups))
  }

  /// The files whose pictures a page shows.
  var shownPaths: Set<String> {
    let suspects = Self.suspects.flatMap { (findings[$0] ?? []).prefix(Self.shownOfFinding).map(\.path) }
    let members = shownDuplicates.flatMap { $0.members.prefix(Self.shownMembers).map(\.path) }
    return Set(suspects + members + (cutOff?.most.map(\.path) ?? []))
  }
}
