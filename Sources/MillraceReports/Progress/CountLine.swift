import MillraceThreads

/// Shows how far something has come: a line that is redrawn in a terminal, nothing anywhere else.
public final class CountLine {
  /// The least time between two redraws, in nanoseconds: what an eye follows.
  private static let redrawInterval: UInt64 = 100_000_000

  private let verb: String
  private let noun: String
  private let terminal: Terminal
  private var drawnAt: UInt64 = 0
  private var isOpen = false

  /// Names what is done, as in `checked`, and with what.
  public init(_ verb: String, _ noun: String = "images", on terminal: Terminal = .standardError()) {
    (self.verb, self.noun) = (verb, noun)
    self.terminal = terminal
  }

  /// Shows a count of a total.
  public func show(_ done: Int, of total: Int) {
    let now = MonotonicClock.now()
    guard terminal.isInteractive, done == total || now &- drawnAt >= Self.redrawInterval else { return }
    drawnAt = now
    isOpen = true
    let share = Figures.percent(Double(done) / Double(max(1, total)), digits: 0)
    let line = "\(verb) \(Figures.count(done)) of \(Figures.count(total)) \(noun)  \(share)"
    terminal.write("\r" + line.keepingStart(columns: (terminal.columns() ?? 80) - 1) + "\u{1B}[K")
  }

  /// Takes the line away.
  public func close() {
    if isOpen { terminal.write("\r\u{1B}[K") }
    isOpen = false
  }
}
