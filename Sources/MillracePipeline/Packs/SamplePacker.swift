package import MillraceImages

/// What is packed of each image.
package enum PackContents: Sendable, Hashable {
  /// The files as they are.
  case files
  /// The pixels that training and evaluation see before augmentation.
  case pixels(CanonicalForm)
}

/// A sample in the form in which it is packed; its place in the file is not yet decided.
package struct PackedSample: Sendable {
  /// All bytes of the sample.
  package var bytes: [UInt8]
  /// Why the sample will be bad; nil for one without faults.
  package var problem: String?
  var record: PackRecord
}

/// Turns samples into what is packed of them. Each thread needs its own.
package final class SamplePacker {
  private let dataset: Dataset
  private let contents: PackContents
  private let directories: ImageInspector.SharedDirectories
  private let reader: FileReader
  private let decoder: ImageDecoder

  /// Makes a packer for one thread.
  ///
  /// - Parameters:
  ///   - dataset: The images.
  ///   - directories: The directories of the same data set.
  ///   - maxFileBytes: The largest file that is read.
  package init(
    dataset: Dataset, contents: PackContents, directories: ImageInspector.SharedDirectories,
    limits: DecodeLimits,
    maxFileBytes: Int
  ) {
    self.dataset = dataset
    self.contents = contents
    self.directories = directories
    reader = FileReader(maxBytes: maxFileBytes)
    // A file that is cut short is packed as it is: each run decides whether it may be used.
    var limits = limits
    limits.allowTruncated = false
    var background = SIMD3<UInt8>.zero
    if case .pixels(let form) = contents { background = form.background }
    decoder = ImageDecoder(limits: limits, background: background)
  }

  /// Reads a sample, and decodes it if pixels are packed. A file that cannot be decoded is packed as it is, and for
  /// a file that cannot be read the reason is packed: so both are bad for the same reasons everywhere.
  ///
  /// - Throws: ``OutOfDescriptors`` where the file is not to blame.
  package func pack(_ sample: Int) throws(OutOfDescriptors) -> PackedSample {
    var packed = PackedSample(bytes: [], record: PackRecord())
    if let times = FileTimes(dataset.rawPath(of: sample)) {
      packed.record.sourceSize = times.size
      packed.record.sourceModified = times.modified
    }
    let bytes: UnsafeRawBufferPointer
    do throws(FileReader.Failure) {
      bytes = try reader.read(sample, of: dataset, in: directories.open)
    } catch {
      if let system = error.shortage {
        throw OutOfDescriptors(path: dataset.path(of: sample), reason: system.reason)
      }
      // The original file must be repaired, not the packed one.
      let reason = "\(error.reason), and pack the folder again"
      packed.problem = error.reason
      packed.set(.unreadable, Array(reason.utf8))
      return packed
    }
    guard case .pixels(let form) = contents else {
      packed.set(.file, Array(bytes))
      return packed
    }
    do throws(ImageError) {
      let image = try decoder.decode(bytes, channels: form.channels, atLeast: form.atLeast).copy()
      packed.set(.pixels, image.pixels)
      packed.set(decoder.lastReport)
    } catch {
      packed.problem = error.description
      packed.set(.file, Array(bytes))
    }
    return packed
  }
}

extension PackedSample {
  fileprivate mutating func set(_ kind: PackRecord.Kind, _ bytes: [UInt8]) {
    record.kind = kind.rawValue
    record.length = UInt64(bytes.count)
    record.checksum = bytes.withUnsafeBytes { Checksum.of($0) }
    self.bytes = bytes
  }

  fileprivate mutating func set(_ report: DecodeReport) {
    record.width = UInt32(report.originalSize.width)
    record.height = UInt32(report.originalSize.height)
    record.format = report.format.number
    record.orientation = report.orientation.rawValue
    record.reduction = UInt8(report.reduction)
    record.warnings = UInt32(clamping: report.warnings)
  }
}
