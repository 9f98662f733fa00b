/// The runs in a folder, for people, with a row for each.
package struct RunListText {
  private let list: RunList

  /// Takes the runs.
  package init(_ list: RunList) { self.list = list }

  /// The table.
  ///
  /// - Parameter width: The number of columns; nil: as many as needed.
  package func lines(width: Int?) -> [String] {
    let hasTests = list.runs.contains { $0.test != nil }
    var columns: [TextTable.Column] = [
      .text("run", keeping: .end), .text("data", keeping: .end), .text("state"), .number("epochs"),
      .number("best"), .number("validation"),
    ]
    if hasTests { columns.append(.number("last evaluated")) }
    columns += [.number("time"), .text("set")]
    var table = TextTable(columns)
    for run in list.runs {
      var cells = [
        run.path, run.data ?? "–", run.state, epochs(of: run), run.bestEpoch.map(String.init) ?? "–",
        (run.validation?.text).map { $0 + (run.isRefitted ? " before refit" : "") } ?? "–",
      ]
      if hasTests { cells.append(run.test?.text ?? "–") }
      let given = run.given.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      cells += [
        run.seconds.map(Figures.duration) ?? "–", given.isEmpty ? "–" : given.joined(separator: ", "),
      ]
      table.add(cells)
    }
    return table.lines(width: width)
  }

  private func epochs(of run: RunList.Row) -> String {
    guard let planned = run.plannedEpochs, run.state != "finished" else { return String(run.epochs) }
    return "\(run.epochs) of \(planned)"
  }
}
