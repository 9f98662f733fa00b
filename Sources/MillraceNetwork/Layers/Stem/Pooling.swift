/// What becomes of the places of a square window.
public enum PoolingKind: String, Sendable, Hashable, Codable, CaseIterable {
  /// Each place stays.
  case none
  /// The largest value of each channel.
  case max
  /// Their mean.
  case average
}

/// Windows side by side, each of which becomes one place. Places at the right and at the bottom that fill no window are left
/// out.
public struct Pooling: Sendable, Hashable {
  /// What becomes of a window.
  public let kind: PoolingKind
  /// The side of a window; 1 where each place stays.
  public let window: Int

  /// Names a pooling.
  public init(_ kind: PoolingKind, window: Int = 2) {
    self.kind = kind
    self.window = kind == .none ? 1 : window
  }

  /// What becomes of a picture.
  func output(of shape: PlaneShape) -> PlaneShape {
    PlaneShape(channels: shape.channels, height: shape.height / window, width: shape.width / window)
  }
}
