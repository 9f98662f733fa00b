import MillraceNetwork
import Testing

struct MatrixProductTests {
  /// The last shapes take several blocks in each direction, or leave few columns, for which LIBXSMM has other code.
  private static let shapes = [
    [1, 1, 1], [3, 5, 7], [17, 33, 9], [64, 100, 31], [4, 6, 0], [5, 1, 300], [13, 16, 100], [300, 70, 531],
    [300, 150, 1100],
  ]

  @Test(arguments: shapes, [false, true])
  func `The fast kernels agree with the naive one`(shape: [Int], accumulating: Bool) {
    let (m, n, k) = (shape[0], shape[1], shape[2])
    let operands = [
      (Buffer(rows: m, columns: k, seed: 1), Buffer(rows: n, columns: k, seed: 2)),
      (Buffer(rows: k, columns: m, seed: 1), Buffer(rows: k, columns: n, seed: 2)),
      (Buffer(rows: m, columns: k, seed: 1), Buffer(rows: k, columns: n, seed: 2)),
    ]
    for (index, (a, b)) in operands.enumerated() {
      let results = [MatrixKernel.naive, .fast, .blas].map { kernel in
        let c = Buffer(rows: m, columns: n, seed: 3)
        switch index {
        case 0: kernel.multiply(a.matrix, transposed: b.matrix, into: c.matrix, accumulating: accumulating)
        case 1: kernel.multiply(transposed: a.matrix, b.matrix, into: c.matrix, accumulating: accumulating)
        default: kernel.multiply(a.matrix, b.matrix, into: c.matrix, accumulating: accumulating)
        }
        return c.values
      }
      #expect(relativeError(results[0], results[1]) < 1e-5, "product \(index) by \(fastKernelDescription)")
      #expect(relativeError(results[0], results[2]) < 1e-5, "product \(index) by \(BLASProduct.description)")
    }
  }

  @Test(
    arguments: [MatrixKernel.fast, .blas, .naive, .bfloat16, .bfloat16AsFloats],
    shapes + [[64, 100, 512], [128, 256, 1024]])
  func `Rows that lie apart give the same bits`(kernel: MatrixKernel, shape: [Int]) {
    let (m, n, k) = (shape[0], shape[1], shape[2])
    let results = [0, 1].map { place in
      let (left, right) = (
        Buffer(rows: m, columns: k, seed: 1, gap: place * 16),
        Buffer(rows: n, columns: k, seed: 2, gap: place * 3)
      )
      let (tall, wide) = (
        Buffer(rows: k, columns: m, seed: 3, gap: place), Buffer(rows: k, columns: n, seed: 4, gap: place * 5)
      )
      let products = (0..<4).map { _ in Buffer(rows: m, columns: n, gap: place * 7) }
      // Neither the previous contents nor the NaNs between the rows may get into a product.
      for product in products { product.fill(.nan) }
      kernel.multiply(left.matrix, transposed: right.matrix, into: products[0].matrix)
      kernel.multiply(transposed: tall.matrix, wide.matrix, into: products[1].matrix)
      kernel.multiply(left.matrix, wide.matrix, into: products[2].matrix)
      kernel.multiply(transposed: tall.matrix, columns: 0..<m, wide.matrix, into: products[3].matrix)
      for product in products {
        let gaps = product.gaps.count { !$0.isNaN }
        #expect(gaps == 0, "a product was written over the gaps between its rows")
      }
      return products.map { $0.values.map(\.bitPattern) }
    }
    #expect(results[0] == results[1])
    let missing = results[0].joined().count { Float(bitPattern: $0).isNaN }
    #expect(missing == 0)
  }

  @Test func `Threads that want a product of a new shape at once get the same bits`() async {
    let results = await withTaskGroup(of: [UInt32].self) { group in
      for _ in 0..<8 {
        group.addTask {
          let (a, b) = (Buffer(rows: 67, columns: 601, seed: 1), Buffer(rows: 83, columns: 601, seed: 2))
          let c = Buffer(rows: 67, columns: 83)
          MatrixKernel.fast.multiply(a.matrix, transposed: b.matrix, into: c.matrix)
          return c.values.map(\.bitPattern)
        }
      }
      return await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(results.count == 1)
  }

  @Test(arguments: [MatrixKernel.fast, .blas, .naive], [0..<40, 0..<1, 7..<24, 39..<40])
  func `A product of some columns is those rows of the whole product`(
    kernel: MatrixKernel, columns: Range<Int>
  ) {
    let a = Buffer(rows: 11, columns: 40, seed: 1)
    let b = Buffer(rows: 11, columns: 13, seed: 2)
    let whole = Buffer(rows: 40, columns: 13)
    MatrixKernel.naive.multiply(transposed: a.matrix, b.matrix, into: whole.matrix)
    let part = Buffer(rows: columns.count, columns: 13)
    kernel.multiply(transposed: a.matrix, columns: columns, b.matrix, into: part.matrix)
    let expected = Array(whole.values[columns.lowerBound * 13..<columns.upperBound * 13])
    #expect(relativeError(part.values, expected) < 1e-5)
  }
}
