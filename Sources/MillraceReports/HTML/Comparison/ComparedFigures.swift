import Millrace

extension RunComparison {
  /// What came out of each run.
  var figures: PageSection {
    func best(_ value: (EpochReport) -> Double?, highest: Bool? = nil, _ text: (Double) -> String) -> [Markup]
    {
      let values = runs.map { $0.record.best.flatMap(value) }
      let winner = highest.flatMap { highest in
        highest ? values.compactMap { $0 }.max() : values.compactMap { $0 }.min()
      }
      return values.map { value in
        guard let value else { return "–" }
        return value == winner ? tag("span", ["class": "best"], .text(text(value))) : .text(text(value))
      }
    }
    func known(_ value: (RunRecord) -> String?) -> [Markup] { runs.map { .text(value($0.record) ?? "–") } }
    return PageSection(
      id: "figures", title: "Figures",
      content: [
        table(
          "best epoch",
          [
            (
              "validation accuracy",
              best({ $0.validation?.accuracy }, highest: true) { Figures.percent($0, digits: 2) }
            ),
            ("validation loss", best({ $0.validation?.mean }, highest: false) { Figures.fixed($0, 4) }),
            ("training accuracy", best({ $0.training.accuracy }) { Figures.percent($0, digits: 2) }),
            ("training loss", best({ $0.training.mean }) { Figures.fixed($0, 4) }),
            (
              "expected calibration error",
              known { $0.validation?.calibration.map { Figures.percent($0.expectedError) } }
            ),
            ("best epoch", best({ Double($0.epoch + 1) }) { Figures.significant($0) }),
            ("epochs done", known { String($0.epochs.count) }),
            ("zero weights", known { $0.lastWeights.map { Figures.percent($0.zeroShare) } }),
            ("weight norm", known { $0.lastWeights.map { Figures.significant($0.weightNorm) } }),
            ("parameters", known { $0.parameterCount.map(Figures.count) }),
            ("images a second", known { ($0.epochs.last?.imagesPerSecond).map(Figures.rate) }),
            ("time", known { $0.seconds.map(Figures.duration) }),
            ("state", known { $0.state.rawValue }),
          ])
      ])
  }

  /// The settings that are not the same in all runs.
  var settings: PageSection {
    let keys = runs.first?.record.settings.map(\.key) ?? []
    let all = keys + runs.dropFirst().flatMap { $0.record.settings.map(\.key) }.filter { !keys.contains($0) }
    var seen: Set<String> = []
    let differing = all.filter { key in
      seen.insert(key).inserted && Set(runs.map { $0.record.text(of: key) }).count > 1
    }
    let rows = differing.map { key in
      (key, runs.map { Markup.text(($0.record.text(of: key) ?? "–").printable) })
    }
    return PageSection(
      id: "settings", title: "Settings that differ",
      content: [rows.isEmpty ? .note("None: the runs have the same configuration.") : table("setting", rows)])
  }
}

extension RunRecord {
  /// The last epoch's figures of the network, where they tell of weights.
  fileprivate var lastWeights: NetworkStatistics? {
    epochs.last?.statistics.flatMap { $0.weights.isEmpty ? nil : $0 }
  }
}
