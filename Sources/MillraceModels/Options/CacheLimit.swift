package import MillracePipeline

/// How much memory decoded images may take (`cache`).
public enum CacheLimit: Sendable, Hashable, CustomStringConvertible {
  /// A quarter of the memory that is free when the run starts.
  case auto
  /// None: every image is decoded in every epoch.
  case off
  /// So many bytes.
  case bytes(Int)

  private static let units: [(suffix: String, bytes: Int)] = [("G", 1 << 30), ("M", 1 << 20), ("K", 1 << 10)]

  /// The least size in bytes: less holds no image.
  private static let least = 1 << 12

  /// Reads `auto`, `off`, or a size such as `512M`, `4G` or `4GiB`; the units are powers of 1024.
  ///
  /// - Throws: ``ConfigurationError`` for anything else.
  public init(parsing text: String) throws(ConfigurationError) {
    switch text {
    case "auto": self = .auto
    case "off": self = .off
    default:
      let upper = text.uppercased()
      let size = ["IB", "B"].first(where: upper.hasSuffix).map { String(upper.dropLast($0.count)) } ?? upper
      let unit = Self.units.first { size.hasSuffix($0.suffix) }
      guard let count = Double(unit == nil ? size : size.dropLast().trimmingSpaces),
        count * Double(unit?.bytes ?? 1) >= Double(Self.least), count * Double(unit?.bytes ?? 1) < 1e15
      else {
        throw ConfigurationError(
          setting: "cache",
          problem: "must be auto, off, or a size such as 512M or 4G, at least 4K, got '\(text)'")
      }
      self = .bytes(Int(count * Double(unit?.bytes ?? 1)))
    }
  }

  /// What ``init(parsing:)`` reads.
  public var description: String {
    switch self {
    case .auto: return "auto"
    case .off: return "off"
    case .bytes(let count):
      let unit = Self.units.first { count % $0.bytes == 0 }
      return unit.map { "\(count / $0.bytes)\($0.suffix)" } ?? "\(count)"
    }
  }
}

extension ExecutionOptions {
  /// Reserves the memory for decoded images; nil where there shall be none, or the system has none to spare.
  ///
  /// - Throws: ``ConfigurationError`` where a size was asked for that the system refuses.
  package func cacheMemory() throws(ConfigurationError) -> CacheMemory? {
    switch cache {
    case .off: return nil
    case .auto: return CacheMemory(capacity: availableMemory() / 4)
    case .bytes(let count):
      if let memory = CacheMemory(capacity: count) { return memory }
      throw ConfigurationError(
        setting: "cache", problem: "the system does not give \(cache); use auto or a smaller size")
    }
  }
}
