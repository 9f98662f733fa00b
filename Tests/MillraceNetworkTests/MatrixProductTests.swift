import MillraceNetwork
import Testing

struct MatrixProductTests {
  /// The last shape takes several blocks each way.
  @Test(
    arguments: [[1, 1, 1], [3, 5, 7], [17, 33, 9], [64, 100, 31], [4, 6, 0], [300, 150, 1100]], [false, true])
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

  @Test(arguments: [MatrixKernel.fast, .blas, .naive], [[17, 33, 9], [64, 100, 512], [128, 256, 1024]])
  func `Rows that lie apart give the same bits`(kernel: MatrixKernel, shape: [Int]) {
    let (m, n, k) = (shape[0], shape[1], shape[2])
    let results = [0, 16].map { gap in
      let (left, right) = (
        Buffer(rows: m, columns: k, seed: 1, gap: gap), Buffer(rows: n, columns: k, seed: 2, gap: gap)
      )
      let (tall, wide) = (
        Buffer(rows: k, columns: m, seed: 3, gap: gap), Buffer(rows: k, columns: n, seed: 4, gap: gap)
      )
      let products = (0..<4).map { _ in Buffer(rows: m, columns: n, gap: gap) }
      kernel.multiply(left.matrix, transposed: right.matrix, into: products[0].matrix)
      kernel.multiply(transposed: tall.matrix, wide.matrix, into: products[1].matrix)
      kernel.multiply(left.matrix, wide.matrix, into: products[2].matrix)
      kernel.multiply(transposed: tall.matrix, columns: 0..<m, wide.matrix, into: products[3].matrix)
      return products.map { $0.values.map(\.bitPattern) }
    }
    #expect(results[0] == results[1])
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
