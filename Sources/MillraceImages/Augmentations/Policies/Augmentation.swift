public import MillraceRandom

/// The numbers drawn for one augmentation of one sample; how many count, and their names, its descriptor says.
public typealias DrawnValues = SIMD8<Float>

/// One kind of augmentation with its arguments: it draws numbers, and composes drawn numbers into a map, a
/// colour transform or a list of operations on pixels.
///
/// Drawing does not look at the image but for its shape, and composing does not look at the policy, so that a plan can
/// be replayed on any image. To add one: a type, and ``AugmentationRegistry/register(_:)``; one that comes with this
/// module stands in the registry's list.
public protocol Augmentation: Sendable {
  /// Its name, parameters, ranges and defaults, and what a plan holds of it.
  static var descriptor: AugmentationDescriptor { get }

  /// Takes arguments that the descriptor has found right.
  init(_ arguments: AugmentationArguments)

  /// Draws what one sample needs, from a stream that is this member's own.
  func draw(using random: inout KeyedRandom) -> DrawnValues

  /// Draws what one sample needs where that depends on shapes, as boxes do that must fit; by default
  /// ``draw(using:)``.
  ///
  /// - Parameters:
  ///   - random: A stream of its own.
  ///   - frame: The shapes as the members before have left them.
  func draw(using random: inout KeyedRandom, in frame: inout PictureFrame) -> DrawnValues

  /// Adds what was drawn to an image's composition.
  static func compose(_ values: DrawnValues, into composition: inout Composition)

  /// How much it may enlarge an image relative to the plain fit, at least 1.
  var magnification: Float { get }
}

extension Augmentation {
  /// Draws without regard to shapes.
  public func draw(using random: inout KeyedRandom, in frame: inout PictureFrame) -> DrawnValues {
    draw(using: &random)
  }

  /// Enlarges nothing.
  public var magnification: Float { 1 }
}

/// An augmentation that works on the pixels of the output.
public protocol PixelAugmentation: Augmentation {
  /// Changes the planes as drawn. Values are from 0 to 255 before and after.
  static func apply(_ values: DrawnValues, to planes: PixelPlanes)
}

extension PixelAugmentation {
  /// Adds ``apply(_:to:)`` to the operations on the output's pixels.
  public static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(operation: Self.self, values)
  }
}

/// The arguments of one augmentation, checked, with defaults filled in.
public struct AugmentationArguments: Sendable {
  private let names: [String]
  private let spans: [ArgumentSpan]

  init(names: [String], spans: [ArgumentSpan]) {
    self.names = names
    self.spans = spans
  }

  /// The span of a parameter that the descriptor declares.
  public func span(_ name: String) -> ArgumentSpan {
    guard let index = names.firstIndex(of: name) else {
      preconditionFailure("the augmentation asks for \(name), which its descriptor does not declare")
    }
    return spans[index]
  }

  /// The place of the chosen word.
  public func choice(_ name: String) -> Int { Int(span(name).low) }
}

extension DrawnValues {
  /// Some numbers; the rest is zero.
  @inline(__always)
  public init(first a: Float, _ b: Float = 0, _ c: Float = 0, _ d: Float = 0, _ e: Float = 0, _ f: Float = 0)
  {
    self = [a, b, c, d, e, f, 0, 0]
  }
}

extension KeyedRandom {
  /// A whole number below 2²⁴, which a float holds exactly: half a key for a field of noise.
  mutating func halfKey() -> Float { uniform() * 0x1p24 }
}

extension AugmentationDescriptor.DrawnValue {
  /// The two halves of a key for a field of noise.
  static let keyHalves = [Self("key1", in: 0...16_777_215), Self("key2", in: 0...16_777_215)]
}

extension DrawnValues {
  /// The key whose halves stand at `place` and after it.
  func key(at place: Int) -> UInt64 {
    UInt64(self[place]) << 24 | UInt64(self[place + 1])
  }
}
