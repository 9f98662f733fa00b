import Foundation
import MillraceModels
import SwiftProtobuf

/// A TensorBoard event file that grows: events that are appended together are handed to the system in a single
/// write and brought to the disk, so a reader sees them at once and whole.
///
/// Each event is framed by its length (8 bytes), the masked checksum of the length (4), and after the event the
/// masked checksum of the event (4), all little-endian.
/// Source: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/lib/io/record_writer.h.
final class EventFile {
  private let path: String
  private let descriptor: Int32

  /// Creates a new file in a folder; files of earlier parts of a run stay.
  init(in folder: String) throws {
    // TensorBoard reads the files of a folder in the order of their names.
    let time = Int(Date().timeIntervalSince1970)
    var number = 0
    while true {
      let path = "\(folder)/events.out.tfevents.\(time).millrace.\(number)"
      let descriptor = retryingInterrupted {
        open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o666)
      }
      if descriptor >= 0 {
        self.path = path
        self.descriptor = descriptor
        break
      }
      guard errno == EEXIST, number < 1000 else { throw FileError.cannotCreate(path: path, code: errno) }
      number += 1
    }
    var version = TensorBoardEvent()
    version.wallTime = Date().timeIntervalSince1970
    version.fileVersion = "brain.Event:2"
    try append([version])
  }

  deinit { close(descriptor) }

  /// Appends events and waits until they are on the disk.
  func append(_ events: [TensorBoardEvent]) throws {
    let frames = try events.flatMap { Self.frame(Array(try $0.serializedData() as Data)) }
    let result = frames.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path: path) }
    }
    try result.get()
    guard synchronize(descriptor) == 0 else {
      throw FileError.cannotWrite(path: path, during: "fsync", code: errno)
    }
  }

  /// The bytes of one event in their frame.
  static func frame(_ event: [UInt8]) -> [UInt8] {
    let length = bytes(of: UInt64(event.count))
    return length + bytes(of: CRC32C.masked(length)) + event + bytes(of: CRC32C.masked(event))
  }

  /// A number's bytes, the lowest first.
  private static func bytes(of value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
