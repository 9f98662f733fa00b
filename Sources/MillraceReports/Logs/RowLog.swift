import Millrace

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A CSV file that grows by whole rows: each one is handed to the system in a single write, so whoever reads along
/// never sees half of one, and a run that is killed leaves every row that it wrote.
///
/// A log that exists is continued, as a resumed run needs it.
final class RowLog {
  private let path: String
  private let descriptor: Int32

  init(path: String, columns: [String]) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw .cannotCreate(path: path, code: errno) }
    if lseek(descriptor, 0, SEEK_END) == 0 { try append(columns) }
  }

  deinit { close(descriptor) }

  func append(_ cells: [String]) throws(FileError) {
    let row = Array(CSV.row(cells).utf8)
    var done = 0
    while done < row.count {
      let written = row.withUnsafeBytes {
        write(descriptor, $0.baseAddress.map { $0 + done }, row.count - done)
      }
      if written < 0 && errno == EINTR { continue }
      guard written >= 0 else { throw .cannotWrite(path: path, during: "write", code: errno) }
      done += written
    }
  }
}
