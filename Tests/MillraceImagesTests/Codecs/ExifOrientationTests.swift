import Testing

@testable import MillraceImages

struct ExifOrientationTests {
  private func orientation(_ bytes: ArraySlice<UInt8>) -> ExifOrientation? { orientation(Array(bytes)) }

  private func orientation(_ bytes: [UInt8]) -> ExifOrientation? {
    bytes.withUnsafeBytes { ExifOrientation(tiff: $0) }
  }

  private let big: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
  private let little: [UInt8] = [
    0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0,
  ]

  @Test("both byte orders are read")
  func byteOrders() {
    #expect(orientation(big) == .rotated90)
    #expect(orientation(little) == .rotated90)
  }

  @Test("a number of any unsigned type is read", arguments: [1, 3, 4] as [UInt8])
  func types(type: UInt8) {
    // Values are left-justified: a BYTE is in the first of the four bytes, a LONG in all of them.
    let value: [UInt8] = type == 1 ? [6, 0, 0, 0] : type == 3 ? [0, 6, 0, 0] : [0, 0, 0, 6]
    #expect(orientation(big[..<13] + [type] + big[14..<18] + value) == .rotated90)
    let swapped: [UInt8] = [6, 0, 0, 0]
    #expect(orientation(little[..<12] + [type] + little[13..<18] + swapped) == .rotated90)
  }

  @Test("a number of another type, or too large for an orientation, is broken")
  func otherTypes() {
    for type in [0, 2, 5, 7, 12] as [UInt8] { #expect(orientation(big[..<13] + [type] + big[14...]) == nil) }
    #expect(orientation(big[..<13] + [4] + big[14..<18] + [0, 1, 0, 6]) == nil)
  }

  @Test("no prefix and no single damaged byte is more than absent")
  func damaged() {
    for bytes in [big, little] {
      // The last two bytes pad the value.
      for count in 0..<bytes.count - 2 { #expect(orientation(Array(bytes.prefix(count))) == nil) }
      for index in bytes.indices {
        var damaged = bytes
        damaged[index] = 0xFF
        _ = orientation(damaged)
      }
    }
  }

  @Test("values outside 1 to 8 are broken", arguments: [0, 9, 255] as [UInt8])
  func range(value: UInt8) {
    var bytes = big
    bytes[19] = value
    #expect(orientation(bytes) == nil)
  }

  @Test("orientations 5 to 8 swap the axes")
  func swaps() {
    let size = ImageSize(width: 3, height: 2)
    for orientation in ExifOrientation.allCases {
      let expected = orientation.rawValue < 5 ? size : ImageSize(width: 2, height: 3)
      #expect(orientation.applied(to: size) == expected)
    }
  }
}
