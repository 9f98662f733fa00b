public import MillraceRandom

/// The numbers drawn for one augmentation of one sample; its descriptor says how many count, and their names.
public typealias DrawnValues = SIMD8<Float>

/// One kind of augmentation with its arguments: it draws numbers, and composes drawn numbers into a map, a colour
/// transform or a list of operations on pixels.
///
/// Drawing sees only the image's shape, and composing does not see the policy, so a plan can be replayed on any
/// image. To add an augmentation, write a type and call ``AugmentationRegistry/register(_:)``; one that comes with
/// this module is in the registry's list.
public protocol Augmentation: Sendable {
  /// The augmentation's name, parameters, ranges and defaults, and its numbers in a plan.
  static var descriptor: AugmentationDescriptor { get }

  /// Takes arguments that the descriptor has checked.
  init(_ arguments: AugmentationArguments)

  /// Draws the numbers for one sample, from a stream that is this member's own.
  func draw(using random: inout KeyedRandom) -> DrawnValues

  /// Draws the numbers for one sample where they depend on shapes, as for a box that must fit; by default
  /// ``draw(using:)``.
  ///
  /// - Parameters:
  ///   - random: A stream of its own.
  ///   - frame: The shapes as the earlier members have left them.
  func draw(using random: inout KeyedRandom, in frame: inout PictureFrame) -> DrawnValues

  /// Adds the drawn numbers to an image's composition.
  static func compose(_ values: DrawnValues, into composition: inout Composition)

  /// How much the augmentation may enlarge an image relative to the plain fit, at least 1.
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
  /// Changes the planes by the drawn numbers. Values are from 0 to 255 before and after.
  static func apply(_ values: DrawnValues, to planes: PixelPlanes)
}

extension PixelAugmentation {
  /// Adds ``apply(_:to:)`` to the operations on the output's pixels.
  public static func compose(_ values: DrawnValues, into composition: inout Composition) {
    composition.append(operation: Self.self, values)
  }
}

/// The arguments of one augmentation, checked, and with defaults filled in.
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

  /// The place of the chosen word among the parameter's words.
  public func choice(_ name: String) -> Int { Int(span(name).low) }
}

extension DrawnValues {
  /// Some numbers; the rest are zero.
  @inline(__always)
  public init(first a: Float, _ b: Float = 0, _ c: Float = 0, _ d: Float = 0, _ e: Float = 0, _ f: Float = 0)
  {
    self = [a, b, c, d, e, f, 0, 0]
  }
}

extension KeyedRandom {
  /// A whole number below 2²⁴, which a Float holds exactly: half a key for a field of noise.
  mutating func halfKey() -> Float { uniform() * 0x1p24 }
}

extension AugmentationDescriptor.DrawnValue {
  /// The two halves of a key for a field of noise.
  static let keyHalves = [Self("key1", in: 0...16_777_215), Self("key2", in: 0...16_777_215)]
}

extension DrawnValues {
  /// The key whose halves are at `place` and after it.
  func key(at place: Int) -> UInt64 {
    UInt64(self[place]) << 24 | UInt64(self[place + 1])
  }
}
