import MillraceNetwork
import MillraceShards
import MillraceThreads
import MillraceVectors

/// The machine's rate in plain matrix products, with which a training step is compared.
struct MatrixProductBenchmark {
  /// The rows and columns of each matrix: large enough for a kernel to be at its best, small enough for the cache.
  private static let size = 512
  /// The length of a window, in seconds.
  private static let seconds = 0.1
  private static let windows = 3

  private let kernels: [MatrixKernel]

  /// Compares with who multiplies in a step, and for Floats also with OpenBLAS.
  init(_ kernel: MatrixKernel) { kernels = kernel == .fast ? [.fast, .blas] : [kernel] }

  /// The best rate of a team whose workers each multiply matrices of their own, in 10⁹ operations a second, by the
  /// better of the kernels.
  func gigaflops(on team: WorkerTeam) throws -> Double {
    let work = ProductWork(size: Self.size, workers: team.count)
    let operations = 2 * Double(Self.size) * Double(Self.size) * Double(Self.size)
    var best = 0.0
    for kernel in kernels.flatMap({ Array(repeating: $0, count: Self.windows) }) {
      let start = MonotonicClock.now()
      let end = start + UInt64(Self.seconds * 1e9)
      try team.run { work.multiply(by: kernel, until: end, worker: $0) }
      let products = work.products
      let elapsed = Double(MonotonicClock.now() - start)
      best = max(best, Double(products) * operations / elapsed)
    }
    return best
  }
}

/// The matrices of workers that multiply, and how often each of them has done so.
///
/// - Note: `@unchecked Sendable` holds because each worker has its own matrices and its own count, which others
///   read only after ``WorkerTeam/run(_:)`` has returned.
private final class ProductWork: @unchecked Sendable {
  private let size: Int
  private let stride: Int
  private let vectors: [FlatVector]
  private let counts: UnsafeMutablePointer<Int>

  init(size: Int, workers: Int) {
    let stride = RowStride.of(columns: size)
    self.size = size
    self.stride = stride
    vectors = (0..<workers).map { _ in FlatVector([Float](repeating: 0.5, count: 3 * size * stride)) }
    counts = .allocate(capacity: workers)
    counts.initialize(repeating: 0, count: workers)
  }

  deinit { counts.deallocate() }

  func multiply(by kernel: MatrixKernel, until end: UInt64, worker: Int) {
    let matrices = (0..<3).map {
      Matrix(base: vectors[worker].base + $0 * size * stride, rows: size, columns: size, stride: stride)
    }
    // The count is written once, so that no two workers write to neighbouring memory again and again.
    var count = 0
    while MonotonicClock.now() < end {
      kernel.multiply(matrices[0], transposed: matrices[1], into: matrices[2])
      count += 1
    }
    counts[worker] = count
  }

  /// The number of products of all workers in the last window.
  var products: Int { vectors.indices.reduce(0) { $0 + counts[$1] } }
}
