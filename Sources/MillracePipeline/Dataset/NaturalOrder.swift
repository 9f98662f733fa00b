/// The order of classes and files: byte by byte, except that sequences of digits compare as numbers.
///
/// So `class2` comes before `class10`. Upper case comes before lower case, as in ASCII. Numbers may have any
/// length. Of two equal numbers the one with fewer leading zeros comes first, but only if the rest is equal, too.
/// Names that differ are never equal, so the order does not depend on the file system.
package enum NaturalOrder {
  /// Whether one name comes before another.
  package static func precedes(_ left: String, _ right: String) -> Bool {
    var left = left
    var right = right
    return left.withUTF8 { left in right.withUTF8 { right in precedes(left, right) } }
  }

  /// Whether one raw name comes before another.
  static func precedes(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
    var i = 0
    var j = 0
    // This is negative once the left name had fewer leading zeros in the first number where they differ, and
    // positive where it had more.
    var zeros = 0
    while i < left.count, j < right.count {
      if isDigit(left[i]), isDigit(right[j]) {
        let leftStart = skipZeros(left, from: i)
        let rightStart = skipZeros(right, from: j)
        if zeros == 0 { zeros = (leftStart - i) - (rightStart - j) }
        i = leftStart
        j = rightStart
        // Of two numbers without leading zeros, the one with more digits is larger; otherwise the first difference
        // counts.
        var difference = 0
        while i < left.count, j < right.count, isDigit(left[i]), isDigit(right[j]) {
          if difference == 0 { difference = Int(left[i]) - Int(right[j]) }
          i += 1
          j += 1
        }
        let leftIsLonger = i < left.count && isDigit(left[i])
        let rightIsLonger = j < right.count && isDigit(right[j])
        if leftIsLonger != rightIsLonger { return rightIsLonger }
        if difference != 0 { return difference < 0 }
      } else {
        if left[i] != right[j] { return left[i] < right[j] }
        i += 1
        j += 1
      }
    }
    let leftRest = left.count - i
    let rightRest = right.count - j
    if leftRest != rightRest { return leftRest < rightRest }
    return zeros < 0
  }

  @inline(__always)
  private static func isDigit(_ byte: UInt8) -> Bool {
    byte &- 0x30 < 10
  }

  @inline(__always)
  private static func skipZeros(_ name: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
    var i = start
    while i < name.count, name[i] == 0x30 { i += 1 }
    return i
  }
}
