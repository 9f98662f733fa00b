/// What happens to every image before a network sees it, in training and in evaluation: its size, its channels and
/// its normalisation.
///
/// A model file stores it under the keys `width`, `height`, `channels`, `mean`, `standardDeviation`, `background`
/// and, where they are not the usual 1 and `crop`, `magnification` and `fit`.
public struct Preprocessing: Sendable, Hashable {
  /// The size of the network's input.
  public let size: ImageSize
  /// Whether colour is kept.
  public let channels: Channels
  /// How pixel values become inputs.
  public let normalization: Normalization
  /// The red, green and blue behind a transparent image and outside of every image.
  public let background: SIMD3<UInt8>
  /// How an image of another shape gets the input's shape.
  public let fit: PictureFit
  /// How much larger than the input an image is decoded, at least 1: as much as the training's augmentation may
  /// enlarge it. The filtering of an image depends on it, so it is part of what the network was made for.
  public let magnification: Float

  /// The largest ``magnification``.
  public static let largestMagnification: Float = 65_536

  /// The largest width and height, in pixels.
  public static let largestSide = 4096

  /// Makes a preprocessing after checking it.
  ///
  /// - Parameters:
  ///   - size: From 1 to ``largestSide`` pixels on a side.
  ///   - channels: Gray or colour.
  ///   - normalization: One mean and one standard deviation above 0 for each channel; by default values from 0 to
  ///     1.
  ///   - background: Red, green and blue; a gray image takes their luma.
  ///   - magnification: From 1 to ``largestMagnification``.
  ///   - fit: How an image of another shape gets the input's shape.
  public init(
    size: ImageSize, channels: Channels, normalization: Normalization? = nil,
    background: SIMD3<UInt8> = .zero, magnification: Float = 1, fit: PictureFit = .crop
  ) throws(PreprocessingError) {
    let normalization = normalization ?? .zeroToOne(channels)
    let sides = 1...Self.largestSide
    guard sides.contains(size.width), sides.contains(size.height) else { throw .size(size) }
    for (name, values) in [
      ("mean", normalization.mean), ("standardDeviation", normalization.standardDeviation),
    ] {
      guard values.count == channels.rawValue else {
        throw .count(name: name, expected: channels.rawValue, found: values.count)
      }
      guard values.allSatisfy(\.isFinite) else { throw .notFinite(name: name) }
    }
    guard let smallest = normalization.standardDeviation.min(), smallest > 0 else {
      throw .deviationNotPositive
    }
    guard (1...Self.largestMagnification).contains(magnification) else { throw .magnification(magnification) }
    self.size = size
    self.channels = channels
    self.normalization = normalization
    self.background = background
    self.magnification = magnification
    self.fit = fit
  }

  /// The same with another normalisation.
  public func normalized(by normalization: Normalization) throws(PreprocessingError) -> Self {
    try Self(
      size: size, channels: channels, normalization: normalization, background: background,
      magnification: magnification, fit: fit)
  }

  /// The size that a decode keeps of an image with enough pixels: `size` times ``magnification``.
  public var decodedSize: ImageSize { size.enlarged(by: magnification) }

  /// The number of values of one image: channels × height × width.
  public var featureCount: Int { channels.rawValue * size.height * size.width }
}

/// What is wrong with a preprocessing.
public enum PreprocessingError: Error, Hashable, Sendable, CustomStringConvertible {
  case size(ImageSize)
  case count(name: String, expected: Int, found: Int)
  case notFinite(name: String)
  case deviationNotPositive
  case magnification(Float)

  /// One line that says what to give instead.
  public var description: String {
    switch self {
    case .size(let size):
      "image size: expected 1 to \(Preprocessing.largestSide) pixels a side, got \(size.width)×\(size.height)"
    case .count(let name, let expected, let found):
      "\(name): expected one value a channel (\(expected)), got \(found)"
    case .notFinite(let name):
      "\(name): expected finite numbers"
    case .deviationNotPositive:
      "standardDeviation: expected numbers above 0"
    case .magnification(let value):
      "magnification: expected a number from 1 to \(Int(Preprocessing.largestMagnification)), got \(value)"
    }
  }
}

extension Preprocessing: Codable {
  private enum Key: String, CodingKey {
    case width, height, channels, mean, standardDeviation, background, magnification, fit
  }

  /// Reads the keys and checks their values.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let name = try values.decode(String.self, forKey: .channels)
    guard let channels = Channels.allCases.first(where: { $0.name == name }) else {
      throw DecodingError.dataCorruptedError(
        forKey: .channels, in: values, debugDescription: "expected \"gray\" or \"rgb\", got \"\(name)\"")
    }
    let background = try values.decodeIfPresent([UInt8].self, forKey: .background) ?? [0, 0, 0]
    guard background.count == 3 else {
      throw DecodingError.dataCorruptedError(
        forKey: .background, in: values, debugDescription: "expected three numbers from 0 to 255")
    }
    let word = try values.decodeIfPresent(String.self, forKey: .fit) ?? PictureFit.crop.rawValue
    guard let fit = PictureFit(rawValue: word) else {
      throw DecodingError.dataCorruptedError(
        forKey: .fit, in: values,
        debugDescription:
          "expected one of \(PictureFit.allCases.map(\.rawValue).joined(separator: ", ")), got \"\(word)\"")
    }
    do {
      try self.init(
        size: ImageSize(
          width: values.decode(Int.self, forKey: .width), height: values.decode(Int.self, forKey: .height)),
        channels: channels,
        normalization: Normalization(
          mean: values.decode([Float].self, forKey: .mean),
          standardDeviation: values.decode([Float].self, forKey: .standardDeviation)),
        background: [background[0], background[1], background[2]],
        // Older files do not say it: they come from runs that decoded images as far as evaluation needs them.
        magnification: values.decodeIfPresent(Float.self, forKey: .magnification) ?? 1, fit: fit)
    } catch let error as PreprocessingError {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: error.description))
    }
  }

  /// Writes the keys.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(size.width, forKey: .width)
    try values.encode(size.height, forKey: .height)
    try values.encode(channels.name, forKey: .channels)
    try values.encode(normalization.mean, forKey: .mean)
    try values.encode(normalization.standardDeviation, forKey: .standardDeviation)
    try values.encode([background.x, background.y, background.z], forKey: .background)
    if magnification != 1 { try values.encode(magnification, forKey: .magnification) }
    if fit != .crop { try values.encode(fit.rawValue, forKey: .fit) }
  }
}

extension Image {
  /// The picture that one row of a minibatch shows: without normalisation, rounded, clamped to 0 ... 255.
  ///
  /// - Parameters:
  ///   - row: `preprocessing.featureCount` values, planes of channels.
  ///   - preprocessing: The preprocessing that made the row.
  public init(rendering row: UnsafePointer<Float>, preprocessing: Preprocessing) {
    let (width, height) = (preprocessing.size.width, preprocessing.size.height)
    let channels = preprocessing.channels.rawValue
    var pixels = [UInt8](repeating: 0, count: preprocessing.featureCount)
    for channel in 0..<channels {
      let scale = preprocessing.normalization.standardDeviation[channel] * 255
      let offset = preprocessing.normalization.mean[channel] * 255
      for i in 0..<width * height {
        let value = row[channel * width * height + i] * scale + offset
        pixels[i * channels + channel] = UInt8(min(255, max(0, value.isNaN ? 0 : value.rounded())))
      }
    }
    self.init(width: width, height: height, channels: preprocessing.channels, pixels: pixels)
  }
}
