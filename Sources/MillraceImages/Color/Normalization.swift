/// How pixel values become a network's inputs: value = (pixel / 255 − mean) / standardDeviation.
public struct Normalization: Sendable, Hashable, Codable {
  /// The mean of each channel, on a scale from 0 to 1.
  public var mean: [Float]
  /// The standard deviation of each channel, on the same scale; greater than 0.
  public var standardDeviation: [Float]

  /// Makes a normalisation with one mean and one standard deviation for each channel.
  public init(mean: [Float], standardDeviation: [Float]) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The normalisation to values from 0 to 1.
  public static func zeroToOne(_ channels: Channels) -> Self {
    Self(
      mean: Array(repeating: 0, count: channels.rawValue),
      standardDeviation: Array(repeating: 1, count: channels.rawValue))
  }

  /// The normalisation to values from −1 to 1.
  public static func minusOneToOne(_ channels: Channels) -> Self {
    Self(
      mean: Array(repeating: 0.5, count: channels.rawValue),
      standardDeviation: Array(repeating: 0.5, count: channels.rawValue))
  }
}
