package import MillraceImages

/// The results of inspecting one file of a data set.
package struct InspectedImage: Sendable, Hashable {
  /// How usable a file is.
  package enum Condition: Sendable, Hashable {
    /// The file is decoded without a complaint.
    case sound
    /// The file is decoded, but the decoder complains.
    case withWarnings
    /// The file is cut short, and `DecodeLimits/allowTruncated` accepts it.
    case cutShort
    /// The file cannot be used, for a reason as in ``SkippedSample``.
    case bad(isTruncated: Bool, reason: String)
  }

  /// How usable the file is.
  package var condition: Condition
  /// The file's header; nil where it cannot be read.
  package var header: ImageHeader?
  /// Whether the name ends as that of another format does.
  package var isMisnamed = false
  /// A hash of the bytes; nil where they could not be read.
  package var contentHash: UInt64?
  /// The share of the picture that is lost on the background, from 0 to 1; nil where the picture is not
  /// transparent.
  package var lostShare: Double?
  /// What the picture looks like; nil for a file that cannot be used.
  package var appearance: PerceptualHash?

  /// How light and how sharp the picture is; nil for a file that cannot be used.
  package var look: ImageLook?

  /// Makes a result that says only how usable the file is.
  package init(condition: Condition) {
    self.condition = condition
  }

  /// Whether training uses it.
  package var isUsable: Bool {
    if case .bad = condition { return false }
    return true
  }
}
