#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A place for text that people read, and what that place can show.
///
/// The defaults describe a file or a pipe: no width, no colour, no control characters.
public struct Terminal {
  /// Whether a line can be redrawn.
  public var isInteractive = false
  /// Whether colours may be used.
  public var usesColor = false
  /// Whether characters beyond ASCII can be shown.
  public var usesUnicode = true
  /// The width in columns; nil where lines may have any length. It is asked again for each line, because windows
  /// change.
  public var columns: () -> Int? = { nil }
  /// The height in lines; nil where it is not known.
  public var rows: () -> Int? = { nil }
  /// Writes text exactly as it should appear.
  public var write: (String) -> Void

  /// Makes a place that is not a terminal.
  public init(write: @escaping (String) -> Void) {
    self.write = write
  }

  /// Standard error. Failed writes are ignored: this program need not know whether anybody reads it.
  public static func standardError() -> Terminal { Terminal(descriptor: STDERR_FILENO) }

  /// Standard output, for its width; text should be written by code that notices errors.
  public static func standardOutput() -> Terminal { Terminal(descriptor: STDOUT_FILENO) }

  private init(descriptor: Int32) {
    self.init { text in
      var bytes = Array(text.utf8)[...]
      while !bytes.isEmpty {
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        if written < 0 && errno == EINTR { continue }
        if written <= 0 { return }
        bytes = bytes.dropFirst(written)
      }
    }
    func setting(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    guard isatty(descriptor) == 1 else { return }
    columns = {
      var size = winsize()
      if ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
      return Int(setting("COLUMNS")).flatMap { $0 > 0 ? $0 : nil } ?? 80
    }
    rows = {
      var size = winsize()
      return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : nil
    }
    // A terminal that cannot move its cursor is treated like a file, except that lines keep to its width.
    isInteractive = setting("TERM") != "dumb"
    usesColor = isInteractive && setting("NO_COLOR").isEmpty
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.map(setting).first { !$0.isEmpty } ?? ""
    usesUnicode = locale.uppercased().replacing("-", with: "").contains("UTF8")
  }
}
