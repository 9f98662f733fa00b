import MillraceThreads

/// Shows how far something has come: on a line that is redrawn in a terminal, and nowhere else.
package final class CountLine {
  /// The least time between two redraws, in nanoseconds: as often as an eye can follow.
  private static let redrawInterval: UInt64 = 100_000_000

  private let verb: String
  private let noun: String
  private let terminal: Terminal
  private var drawnAt: UInt64 = 0
  private var isOpen = false

  /// Takes the verb for what is done, such as `checked`, and the noun for what it is done with.
  package init(_ verb: String, _ noun: String = "images", on terminal: Terminal = .standardError()) {
    (self.verb, self.noun) = (verb, noun)
    self.terminal = terminal
  }

  /// Shows the count beside the total.
  package func show(_ done: Int, of total: Int) {
    let now = MonotonicClock.now()
    guard terminal.isInteractive, done == total || now &- drawnAt >= Self.redrawInterval else { return }
    drawnAt = now
    isOpen = true
    let share = Figures.percent(Double(done) / Double(max(1, total)), digits: 0)
    let line = "\(verb) \(Figures.count(done)) of \(Figures.count(total)) \(noun)  \(share)"
    terminal.write("\r" + line.keepingStart(columns: (terminal.columns() ?? 80) - 1) + "\u{1B}[K")
  }

  /// Removes the line.
  package func close() {
    if isOpen { terminal.write("\r\u{1B}[K") }
    isOpen = false
  }
}
