/// The extents of a picture, or of what a convolution makes of one.
public struct PlaneShape: Sendable, Hashable, Codable {
  /// The values of a place.
  public var channels: Int
  /// The rows of places.
  public var height: Int
  /// The places of a row.
  public var width: Int

  /// Names the extents.
  public init(channels: Int, height: Int, width: Int) {
    (self.channels, self.height, self.width) = (channels, height, width)
  }

  /// The places.
  public var places: Int { height * width }
  /// The values of all places.
  public var count: Int { channels * places }
}

extension PlaneShape: CustomStringConvertible {
  /// Such as `32 × 16 × 16`, channels first.
  public var description: String { "\(channels) × \(height) × \(width)" }
}
