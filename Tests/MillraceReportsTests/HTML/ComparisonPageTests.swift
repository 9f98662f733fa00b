import MillraceModels
import MillraceNetwork
import MillraceTraining
import Testing

@testable import MillraceReports

struct ComparisonPageTests {
  private func run(
    _ name: String, accuracy: Double = 0.9, set: String = "a", _ settings: [String: String] = [:]
  ) -> RunComparison.Run {
    var record = ReportPageTests.record(classes: ["cat", "dog"])
    record.validationSet = set
    for (key, text) in settings {
      if let place = record.settings.firstIndex(where: { $0.key == key }) {
        record.settings[place].text = text
      } else {
        record.settings.append(RunRecord.Setting(key: key, text: text))
      }
    }
    for i in record.epochs.indices {
      record.epochs[i].validation = LossSum(mean: 1 - accuracy, accuracy: accuracy)
      record.epochs[i].isBest = i == 1
    }
    return RunComparison.Run(name: name, record: record)
  }

  private func words(_ page: String) throws -> String {
    let reader = try #require(PageReader(page))
    return reader.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func `Runs lie side by side with what sets them apart`() throws {
    let page = ComparisonPage(runs: [
      run("plain<i>", accuracy: 0.91, ["weight-decay": "0.0001"]),
      run("decay", accuracy: 0.92, ["weight-decay": "0.02"]),
    ]).html
    let reader = try #require(PageReader(page))
    #expect(reader.fetched.isEmpty)
    // The bars of the tables are the only 'i' elements.
    #expect(reader.count("i") == 0)
    let said = try words(page)
    for text in [
      "2 runs side by side", "decay: weight-decay 0.02", "run weight-decay decay 0.02 plain<i> 0.0001",
      "decay, epoch 2: 92.00 %", "plain<i>, epoch 2: 91.00 %", "92.0 % (90.2–93.5)",
    ] {
      #expect(said.contains(text), "\(text)")
    }
    #expect(!said.contains("batch-size"))
    // Histograms of the two runs share their scale.
    #expect(reader.count("rect", class: "f1") == 2 && reader.count("rect", class: "f2") == 2)
  }

  @Test func `The best comes first and is marked, within the runs of the same validation images only`() throws
  {
    let comparison = RunComparison(runs: [
      run("low", accuracy: 0.5), run("other", accuracy: 0.99, set: "b"), run("high", accuracy: 0.8),
    ])
    #expect(comparison.groups.map { $0.runs.map(\.name) } == [["high", "low"], ["other"]])
    #expect(comparison.runs.map(\.isBest) == [true, false, true])
    let page = ComparisonPage(runs: comparison.runs).html
    let said = try words(page)
    #expect(said.contains("2 different sets of images"))
    // A run that is alone in its group is not marked as the best.
    let reader = try #require(PageReader(page))
    #expect(reader.count("tr", class: "best") == 1 && said.contains("high best 80.0 %"))
    #expect(said.contains("other 99.0 %"))
  }

  @Test func `What differs is in the titles, and above the curves`() throws {
    let page = ComparisonPage(runs: [
      run(
        "1", accuracy: 0.9, ["lr": "0.1", "cache": "none", "augment": "flip, rotate:25, scale:0.75..1.25"]),
      run("2", accuracy: 0.8, ["lr": "0.2", "cache": "ram", "augment": "none"]),
    ]).html
    let said = try words(page)
    // Settings of places, and of how a run is carried out, come after those of learning.
    #expect(said.contains("2 runs: augment, lr and cache"))
    #expect(said.contains("They differ in augment, lr and cache."))
    #expect(said.contains("Learning 1: augment flip, rotate:25, scale:…, lr 0.1 2: augment none, lr 0.2"))
    #expect(said.contains("run augment lr cache 1 flip, rotate:25, scale:0.75..1.25 0.1 none 2 none 0.2 ram"))
  }

  @Test func `A run refitted on all images does not pass its validation off as its model's`() throws {
    var refitted = run("refitted", accuracy: 0.9)
    var record = refitted.record
    record.add(EpochReport.sample(epoch: 0, validated: false), examination: nil)
    refitted = RunComparison.Run(name: "refitted", record: record)
    let said = try words(ComparisonPage(runs: [run("plain", accuracy: 0.91), refitted]).html)
    #expect(said.contains("refitted 90.0 % (88.0–91.7) before refit"))
    #expect(said.contains("plain best 91.0 % (89.1–92.6) 0.0900"))
    #expect(said.contains("this figure is not the model's own"))
    let plain = try words(ComparisonPage(runs: [run("a"), run("b")]).html)
    #expect(!plain.contains("refit"))
  }

  @Test func `A column in which nothing stands is left out`() throws {
    var stopped = run("b")
    var record = stopped.record
    #expect(try !words(ComparisonPage(runs: [run("a"), stopped]).html).contains("state"))
    record.state = .stopped
    stopped = RunComparison.Run(name: "b", record: record)
    #expect(try words(ComparisonPage(runs: [run("a"), stopped]).html).contains("state"))
  }

  @Test func `Of many runs the best are drawn and all are listed`() throws {
    let runs = (0..<100).map { run("r\($0)", accuracy: 0.5 + Double($0) / 250, set: $0 < 99 ? "a" : "b") }
    let comparison = RunComparison(runs: runs)
    #expect(comparison.drawn.count == 8)
    // Each set of validation images has a best run.
    #expect(comparison.drawn.map(\.name).contains("r98") && comparison.drawn.map(\.name).contains("r99"))
    let page = ComparisonPage(runs: runs).html
    #expect(page.utf8.count < 2_000_000)
    let reader = try #require(PageReader(page))
    let rows = reader.elements.filter { $0.name == "th" && $0.attributes["scope"] == "row" }
    #expect(rows.count == 100)
  }

  @Test func `Layers are matched from both ends`() {
    #expect(LayerPlace.all(of: [1]) == [.fromEnd(0)])
    #expect(LayerPlace.all(of: [2, 1]) == [.fromFront(0), .fromEnd(0)])
    #expect(
      LayerPlace.all(of: [3, 5]) == [.fromFront(0), .fromFront(1), .fromFront(2), .fromEnd(1), .fromEnd(0)])
    for count in 1...9 {
      let places = (0..<count).map { LayerPlace(of: $0, among: count) }
      #expect(Set(places).count == count && places.last == .fromEnd(0))
      #expect(places.map { $0.index(among: count) } == (0..<count).map { $0 })
    }
    #expect(LayerPlace.fromFront(0).index(among: 1) == nil)
  }

  @Test func `Histograms of one scale are those that it shows`() {
    let (narrow, wide) = (
      HistogramPlot.Counts(range: -0.1...0.1, counts: [1, 2]),
      HistogramPlot.Counts(range: -3...3, counts: [3, 1])
    )
    #expect(HistogramPlot.shared([narrow, narrow])?.range == -0.1...0.1)
    #expect(HistogramPlot.shared([narrow, wide]) == nil)
  }

  @Test func `Runs of one name are told apart by their paths`() {
    #expect(Report.names(of: ["a/1", "b/1"]) == ["a/1", "b/1"])
    #expect(Report.names(of: ["a/1", "b/2"]) == ["1", "2"])
  }
}
