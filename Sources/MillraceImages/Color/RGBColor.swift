/// A colour with eight bits for each channel.
///
/// It is written as a name such as `white`, in hexadecimal as `#ffcc00` or `#fc0`, or in numbers as `255,204,0`.
public struct RGBColor: Sendable, Hashable {
  /// The amounts of red, green and blue, from 0 to 255.
  public var red, green, blue: UInt8

  /// Makes a colour.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// Black: no light.
  public static let black = RGBColor(red: 0, green: 0, blue: 0)

  /// Makes a colour of red, green and blue.
  public init(_ components: SIMD3<UInt8>) {
    self.init(red: components.x, green: components.y, blue: components.z)
  }

  /// The red, green and blue of the colour.
  public var components: SIMD3<UInt8> { [red, green, blue] }

  /// Whether the colour is a grey.
  public var isGray: Bool { red == green && green == blue }

  /// The grey that the colour becomes without its hue, from 0 to 255 (Rec. 601).
  public var luma: Float { Luma.of(SIMD3(components)) }

  /// The sixteen colours that HTML 4 names, in alphabetical order.
  public static let named: [(name: String, color: RGBColor)] = [
    ("aqua", 0x00FFFF), ("black", 0x000000), ("blue", 0x0000FF), ("fuchsia", 0xFF00FF), ("gray", 0x808080),
    ("green", 0x008000), ("lime", 0x00FF00), ("maroon", 0x800000), ("navy", 0x000080), ("olive", 0x808000),
    ("purple", 0x800080), ("red", 0xFF0000), ("silver", 0xC0C0C0), ("teal", 0x008080), ("white", 0xFFFFFF),
    ("yellow", 0xFFFF00),
  ].map { ($0.0, RGBColor(bits: UInt32($0.1))) }

  private init(bits: UInt32) {
    self.init(
      red: UInt8(truncatingIfNeeded: bits >> 16), green: UInt8(truncatingIfNeeded: bits >> 8),
      blue: UInt8(truncatingIfNeeded: bits))
  }
}

extension RGBColor: LosslessStringConvertible {
  /// The colour's name where it has one, otherwise six hexadecimal digits after `#`.
  public var description: String {
    if let name = Self.named.first(where: { $0.color == self })?.name { return name }
    return "#"
      + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Reads any of the spellings; nil for any other text.
  public init?(_ text: String) {
    let text = text.lowercased().replacing("grey", with: "gray")
    if let named = Self.named.first(where: { $0.name == text }) {
      self = named.color
      return
    }
    if text.first == "#" {
      var digits = String(text.dropFirst())
      if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
      guard digits.count == 6, digits.allSatisfy(\.isHexDigit), let bits = UInt32(digits, radix: 16) else {
        return nil
      }
      self.init(bits: bits)
      return
    }
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in UInt8(part.filter { $0 != " " }) }
    guard parts.count == 3, numbers.count == 3 else { return nil }
    self.init(red: numbers[0], green: numbers[1], blue: numbers[2])
  }
}
