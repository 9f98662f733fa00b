import MillraceVectors

/// One allocation of Floats, zero at first, that lives as long as this object.
///
/// Threads may share it where something else says who writes which part when: in a step, a worker writes
/// the shards it has claimed and then its own slice, with a barrier between.
public final class FlatVector {
  /// The first element, aligned to 64 bytes.
  public let base: UnsafeMutablePointer<Float>
  /// The number of elements.
  public let count: Int

  /// The bytes of its elements.
  package var byteCount: Int { count * MemoryLayout<Float>.stride }

  /// Allocates and clears.
  public init(count: Int) {
    self.count = count
    base = LargeMemory.allocate(count)
  }

  /// Allocates and copies.
  public convenience init(_ values: [Float]) {
    self.init(count: values.count)
    assign(values)
  }

  deinit { LargeMemory.deallocate(base) }

  /// Overwrites every element.
  public func assign(_ values: [Float]) {
    precondition(values.count == count, "a vector of \(count) Floats got \(values.count)")
    values.withUnsafeBufferPointer { source in
      if let start = source.baseAddress { base.update(from: start, count: count) }
    }
  }

  /// A copy of the elements.
  public var values: [Float] { Array(UnsafeBufferPointer(start: base, count: count)) }
}
