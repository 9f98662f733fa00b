import MillraceModels
import Testing

struct ConfusionMatrixTests {
  /// Three classes, of which the last has no samples and the second is never predicted.
  private let matrix = {
    var matrix = ConfusionMatrix(classCount: 3)
    for (actual, predicted, count) in [(0, 0, 3), (0, 2, 1), (1, 0, 2)] {
      matrix.add(actual: actual, predicted: predicted, count: count)
    }
    return matrix
  }()

  @Test func `Figures are those of scikit-learn, and none where there is nothing to divide by`() {
    #expect(matrix.support(of: 0) == 4 && matrix.support(of: 2) == 0)
    #expect(matrix.precision(of: 0) == 0.6 && matrix.recall(of: 0) == 0.75)
    #expect(abs((matrix.f1(of: 0) ?? 0) - 2 / 3) < 1e-12)
    #expect(matrix.precision(of: 1) == nil && matrix.recall(of: 1) == 0 && matrix.f1(of: 1) == 0)
    #expect(matrix.precision(of: 2) == 0 && matrix.recall(of: 2) == nil && matrix.f1(of: 2) == nil)
  }

  @Test func `Only what was seen is kept, in the order of rows`() {
    #expect(
      matrix.cells.map { [$0.actual, $0.predicted, $0.count] } == [[0, 0, 3], [0, 2, 1], [1, 0, 2]])
    #expect(matrix[actual: 2, predicted: 2] == 0)
    var large = ConfusionMatrix(classCount: 100_000)
    large.add(actual: 99_999, predicted: 1)
    #expect(large.cells.count == 1 && large[actual: 99_999, predicted: 1] == 1)
  }
}
