import MillraceNetwork
import Testing

struct BFloat16ProductTests {
  /// Panels of one to four vectors, whole and not; blocks in each direction; depths that leave half a pair.
  private static let shapes = [
    [1, 1, 1], [3, 5, 7], [17, 33, 9], [64, 100, 31], [4, 6, 0], [5, 1, 300], [13, 16, 100], [7, 48, 33],
    [300, 70, 531], [300, 150, 1100], [2, 64, 1], [259, 61, 513],
  ]

  /// The value that the instruction makes of a Float.
  private static func rounded(_ value: Float) -> Float {
    let bits = value.bitPattern
    if value.isSubnormal { return Float(bitPattern: bits & 0x8000_0000) }
    return value.isFinite ? Float(bitPattern: (bits + 0x7fff + (bits >> 16 & 1)) & 0xffff_0000) : value
  }

  /// c ← a · b in one of the three ways in which layers multiply.
  private static func multiply(
    _ way: Int, _ kernel: MatrixKernel, _ a: Matrix, _ b: Matrix, into c: Matrix, accumulating: Bool
  ) {
    switch way {
    case 0: kernel.multiply(a, transposed: b, into: c, accumulating: accumulating)
    case 1: kernel.multiply(transposed: a, b, into: c, accumulating: accumulating)
    default: kernel.multiply(a, b, into: c, accumulating: accumulating)
    }
  }

  private static func operands(_ way: Int, _ shape: [Int], gap: Int = 0) -> (Buffer, Buffer) {
    let (m, n, k) = (shape[0], shape[1], shape[2])
    let a = Buffer(rows: way == 1 ? k : m, columns: way == 1 ? m : k, seed: 1, gap: gap)
    let b = Buffer(rows: way == 0 ? n : k, columns: way == 0 ? k : n, seed: 2, gap: gap)
    return (a, b)
  }

  @Test(arguments: shapes, [false, true])
  func `Products are those of rounded operands, the same bits with instructions and without`(
    shape: [Int], accumulating: Bool
  ) {
    for way in 0..<3 {
      let (a, b) = Self.operands(way, shape)
      func product(_ kernel: MatrixKernel) -> [Float] {
        let c = Buffer(rows: shape[0], columns: shape[1], seed: 3)
        Self.multiply(way, kernel, a.matrix, b.matrix, into: c.matrix, accumulating: accumulating)
        return c.values
      }
      let (fast, plain) = (product(.bfloat16), product(.bfloat16AsFloats))
      #expect(fast.map(\.bitPattern) == plain.map(\.bitPattern), "product \(way)")
      for operand in [a, b] {
        for row in 0..<operand.matrix.rows {
          let values = operand.matrix.row(row)
          for column in 0..<operand.matrix.columns { values[column] = Self.rounded(values[column]) }
        }
      }
      // Rounding what is rounded changes nothing, and the sums are Floats.
      #expect(product(.bfloat16).map(\.bitPattern) == fast.map(\.bitPattern), "product \(way)")
      #expect(relativeError(product(.naive), fast) < 1e-5, "product \(way)")
    }
  }

  @Test(arguments: [MatrixKernel.bfloat16, .bfloat16AsFloats])
  func `Rounding is to nearest even, keeps what is not finite, and makes denormal values zero`(
    kernel: MatrixKernel
  ) {
    let ulp: Float = 1 / 128
    let cases: [(value: Float, expected: Float)] = [
      (1, 1), (-1.5, -1.5), (1 + ulp / 2, 1), (1 + ulp * 1.5, 1 + 2 * ulp),
      (1 + ulp / 2 + ulp / 64, 1 + ulp),
      (-(1 + ulp / 2), -1), (3e38, Self.rounded(3e38)), (.greatestFiniteMagnitude, .infinity),
      (-.greatestFiniteMagnitude, -.infinity), (.infinity, .infinity), (-.infinity, -.infinity),
      (.leastNormalMagnitude, .leastNormalMagnitude), (.leastNonzeroMagnitude, 0), (-1e-39, 0), (0, 0),
    ]
    for (value, expected) in cases {
      for way in 0..<3 {
        let (a, b) = (Buffer([value]), Buffer([1]))
        let c = Buffer([7])
        Self.multiply(way, kernel, a.matrix, b.matrix, into: c.matrix, accumulating: false)
        #expect(c.values == [expected], "\(value), product \(way)")
        Self.multiply(way, kernel, b.matrix, a.matrix, into: c.matrix, accumulating: false)
        #expect(c.values == [expected], "\(value) on the right, product \(way)")
        let missing = Buffer([.nan])
        Self.multiply(way, kernel, missing.matrix, b.matrix, into: c.matrix, accumulating: false)
        #expect(c.values[0].isNaN)
      }
    }
  }

  @Test(arguments: [MatrixKernel.bfloat16, .bfloat16AsFloats], [[530, 1100], [61, 2100], [300, 64]])
  func `An element is the same bits in whatever part of a product it is computed`(
    kernel: MatrixKernel, shape: [Int]
  ) {
    let (rows, columns) = (shape[0], shape[1])
    let a = Buffer(rows: 37, columns: rows, seed: 1)
    let b = Buffer(rows: 37, columns: columns, seed: 2)
    let whole = Buffer(rows: rows, columns: columns)
    kernel.multiply(transposed: a.matrix, b.matrix, into: whole.matrix)
    let parts = Buffer(rows: rows, columns: columns)
    for part in [0..<7, 7..<rows / 2, rows / 2..<rows] {
      for width in [0..<columns / 3, columns / 3..<columns] {
        let target = Matrix(
          base: parts.matrix.row(part.lowerBound) + width.lowerBound, rows: part.count, columns: width.count,
          stride: columns)
        kernel.multiply(transposed: a.matrix, columns: part, b.matrix.slice(columns: width), into: target)
      }
    }
    #expect(parts.values.map(\.bitPattern) == whole.values.map(\.bitPattern))
  }

  @Test func `Threads that multiply at once get the same bits`() async {
    let results = await withTaskGroup(of: [UInt32].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let (a, b) = (Buffer(rows: 67, columns: 601, seed: 1), Buffer(rows: 83, columns: 601, seed: 2))
          let c = Buffer(rows: 67, columns: 83)
          for _ in 0..<20 { MatrixKernel.bfloat16.multiply(a.matrix, transposed: b.matrix, into: c.matrix) }
          return c.values.map(\.bitPattern)
        }
      }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(results.count == 1)
  }

  @Test func `What is missing is told in words`() {
    #expect(ProductPrecision.bfloat16.notice(hasInstructions: true) == nil)
    #expect(ProductPrecision.float32.notice(hasInstructions: false) == nil)
    let notice = ProductPrecision.bfloat16.notice(hasInstructions: false)
    #expect(notice?.contains("no instructions for bfloat16") == true)
  }
}
