import Testing

@testable import MillraceNetwork

struct TranspositionTests {
  @Test(arguments: [(0, 3), (1, 1), (4, 4), (3, 9), (10, 7), (64, 33)], [false, true])
  func `Rows become columns, plus a bias`(shape: (rows: Int, columns: Int), hasBias: Bool) {
    let source = Buffer(rows: shape.columns, columns: shape.rows, seed: 1)
    let bias = Buffer(rows: 1, columns: shape.columns, seed: 2)
    let target = Buffer(rows: shape.rows, columns: shape.columns, seed: 3)
    transpose(source.matrix, adding: hasBias ? UnsafePointer(bias.matrix.base) : nil, into: target.matrix)
    let isRight = (0..<shape.rows).allSatisfy { row in
      (0..<shape.columns).allSatisfy { column in
        target.matrix.row(row)[column]
          == source.matrix.row(column)[row] + (hasBias ? bias.matrix.base[column] : 0)
      }
    }
    #expect(isRight)
  }
}
