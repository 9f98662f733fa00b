import MillraceMemory
import MillraceNetwork
import MillraceThreads

/// The machine's rate in plain matrix products: what a training step is held against.
struct MatrixProductBenchmark {
  /// Rows and columns of each matrix: large enough for a kernel to be at its best, small enough for the cache.
  private static let size = 512
  /// The length of a window, in seconds.
  private static let seconds = 0.1
  private static let windows = 3

  /// The best rate of a team whose workers each multiply matrices of their own, in 10⁹ operations a second, by the better of
  /// the kernels.
  func gigaflops(on team: WorkerTeam) throws -> Double {
    let stride = RowStride.of(columns: Self.size)
    let elements = Self.size * stride
    let vectors = (0..<team.count).map { _ in FlatVector([Float](repeating: 0.5, count: 3 * elements)) }
    let counts = UnsafeMutablePointer<Int>.allocate(capacity: team.count)
    defer { counts.deallocate() }
    let operations = 2 * Double(Self.size) * Double(Self.size) * Double(Self.size)
    var best = 0.0
    let kernels: [MatrixKernel] = CompiledProduct.description == nil ? [.blas] : [.fast, .blas]
    for kernel in kernels.flatMap({ Array(repeating: $0, count: Self.windows) }) {
      counts.initialize(repeating: 0, count: team.count)
      let start = MonotonicClock.now()
      let end = start + UInt64(Self.seconds * 1e9)
      try team.run { worker in
        let memory = vectors[worker].base
        let matrices = (0..<3).map {
          Matrix(base: memory + $0 * elements, rows: Self.size, columns: Self.size, stride: stride)
        }
        // Each worker has its own count, written once, so no two write to one place.
        var count = 0
        while MonotonicClock.now() < end {
          kernel.multiply(matrices[0], transposed: matrices[1], into: matrices[2])
          count += 1
        }
        counts[worker] = count
      }
      let products = (0..<team.count).reduce(0) { $0 + counts[$1] }
      let elapsed = Double(MonotonicClock.now() - start)
      best = max(best, Double(products) * operations / elapsed)
    }
    return best
  }
}
