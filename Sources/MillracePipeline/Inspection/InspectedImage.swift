public import MillraceImages

/// What was found out about one file of a data set.
public struct InspectedImage: Sendable, Hashable {
  /// How usable it is.
  public enum Condition: Sendable, Hashable {
    /// It is decoded without a complaint.
    case sound
    /// It is decoded, and the decoder complains.
    case withWarnings
    /// It is cut short, and `DecodeLimits/allowTruncated` lets it pass.
    case cutShort
    /// It cannot be used; a reason as in ``SkippedSample``.
    case bad(isTruncated: Bool, reason: String)
  }

  /// How usable it is.
  public var condition: Condition
  /// What the file says of itself; nil where that is unreadable.
  public var header: ImageHeader?
  /// Whether the name ends like that of another format.
  public var isMisnamed = false
  /// A hash of the bytes; nil where they could not be read.
  public var contentHash: UInt64?
  /// The share of what it shows that is lost on the background, from 0 to 1; nil where it is not transparent.
  public var lostShare: Double?
  /// What it looks like; nil of what is bad.
  public var appearance: PerceptualHash?

  /// How light and how sharp it is; nil of what is bad.
  public var look: ImageLook?

  /// Nothing is known but how usable it is.
  public init(condition: Condition) {
    self.condition = condition
  }

  /// Whether training uses it.
  public var isUsable: Bool {
    if case .bad = condition { return false }
    return true
  }
}
