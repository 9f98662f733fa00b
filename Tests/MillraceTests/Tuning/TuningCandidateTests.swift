import MillraceImages
import Testing

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct TuningCandidateTests {
  private static func configuration() -> TrainingConfiguration { configuration { _ in } }

  private static func configuration(_ change: (inout TrainingConfiguration) throws -> Void)
    rethrows -> TrainingConfiguration
  {
    var configuration = TrainingConfiguration(data: "photos")
    try change(&configuration)
    return configuration.chosen(for: .unknown)
  }

  private static func draw(_ configuration: TrainingConfiguration, _ count: Int, _ included: [String] = [])
    throws -> [TuningCandidate]
  {
    TuningCandidate.draw(
      count, around: configuration,
      along: try TuningAxis.moving(included, except: [], from: configuration), classes: 3)
  }

  @Test func `The first is the automatic choice, and no two are alike`() throws {
    let candidates = try Self.draw(Self.configuration(), 64)
    #expect(candidates.count == 64)
    #expect(candidates[0].settings.isEmpty && candidates[0].changes.isEmpty && candidates[0].text == "auto")
    #expect(Set(candidates.map(\.settings)).count == 64)
    for candidate in candidates.dropFirst() {
      #expect(!candidate.changes.isEmpty && !candidate.settings.isEmpty, "\(candidate.text)")
      #expect(throws: Never.self) {
        try candidate.configuration(from: Self.configuration()).validate()
      }
    }
  }

  @Test func `Each axis has its turn alone among the first candidates`() throws {
    let axes = try TuningAxis.moving([], except: [], from: Self.configuration()).map(\.name)
    // Others have their turn where somebody names them.
    #expect(axes == TuningAxis.all.filter { !$0.isOnRequest }.map(\.name))
    for (axis, candidate) in zip(axes, try Self.draw(Self.configuration(), 64).dropFirst()) {
      #expect(candidate.changes.map(\.axis) == [axis], "\(candidate.text)")
    }
  }

  @Test func `Where axes allow few candidates, all are soon found, however many are asked for`() throws {
    let few = try Self.draw(Self.configuration(), 1_000_000, ["mirror", "stem"])
    // The image is mirrored or not, and there is no stem, or one of three.
    #expect(few.count == 8)
  }

  @Test func `What is drawn depends on seed and number, not on how many are drawn`() throws {
    let many = try Self.draw(Self.configuration(), 40)
    #expect(try Self.draw(Self.configuration(), 40) == many)
    #expect(try Self.draw(Self.configuration(), 9) == Array(many.prefix(9)))
    #expect(try Self.draw(Self.configuration { $0.seed = 2 }, 40) != many)
  }

  @Test func `What is given stays, unless it is included by name`() throws {
    let given = Self.configuration {
      $0.hidden = [100]
      $0.optimization.learningRate = 0.1
    }
    let names = try TuningAxis.moving([], except: [], from: given).map(\.name)
    #expect(!names.contains("width") && !names.contains("depth") && !names.contains("lr"))
    #expect(names.contains("mirror"))
    #expect(
      try TuningAxis.moving(["hidden", "lr"], except: [], from: given).map(\.name) == [
        "lr", "width", "depth",
      ])
    #expect(
      try TuningAxis.moving(["augment"], except: ["mixup"], from: given).map(\.name) == [
        "mirror", "strength",
      ])
    for candidate in try Self.draw(given, 30) {
      #expect(!candidate.settings.contains { ["hidden", "lr"].contains($0.key) }, "\(candidate.text)")
    }
  }

  @Test func `A name that nothing has, and nothing that could move, are refused with a cure`() throws {
    let configuration = Self.configuration()
    let unknown = #expect(throws: ConfigurationError.self) {
      try TuningAxis.moving(["miror"], except: [], from: configuration)
    }
    #expect(unknown?.description == "include: 'miror' cannot be moved; did you mean 'mirror'?")
    let nothing = #expect(throws: ConfigurationError.self) {
      try TuningAxis.moving(["augment"], except: ["mirror", "strength", "mixup"], from: configuration)
    }
    #expect(nothing?.setting == "include" && nothing?.problem.hasPrefix("nothing is left") == true)
    let both = #expect(throws: ConfigurationError.self) {
      try TuningAxis.moving(["mirror", "lr"], except: ["lr"], from: configuration)
    }
    #expect(both?.description == "fix: 'lr' is also in include; leave it out of one of them")
    // Without hidden layers there is nothing to drop or to normalise.
    let linear = Self.configuration { $0.hidden = [] }
    #expect(throws: ConfigurationError.self) {
      try TuningAxis.moving(["dropout", "batch-norm", "width"], except: [], from: linear)
    }
  }

  @Test func `One axis alone gives as many candidates as it has moves`() throws {
    #expect(try Self.draw(Self.configuration(), 64, ["mirror"]).map(\.text) == ["auto", "mirror yes"])
    let rates = try Self.draw(Self.configuration { $0.optimization.learningRate = 0.01 }, 64, ["lr"])
    #expect(Set(rates.dropFirst().map(\.text)) == ["lr 0.003", "lr 0.005", "lr 0.02", "lr 0.03"])
  }

  @Test func `Each move makes another configuration that can be trained`() throws {
    let policies = ["none", "light", "photos", "rotate:10, border:reflect, mixup:0.2"]
    for policy in policies {
      let configuration = try Self.configuration { $0.augment = try AugmentationPolicy(parsing: policy) }
      for axis in TuningAxis.all {
        let moves = axis.possibleMoves(from: configuration)
        #expect(!moves.isEmpty, "\(axis.name) of \(policy)")
        var texts: Set<String> = []
        for move in moves {
          var moved = configuration
          move.apply(&moved)
          #expect(moved.recipe != configuration.recipe && texts.insert(move.text).inserted)
        }
      }
    }
  }

  @Test func `A candidate is made again from its settings alone`() throws {
    let automatic = Self.configuration()
    for candidate in try Self.draw(automatic, 20) {
      let made = try candidate.configuration(from: automatic)
      let differing = made.resolvedSettings.filter { setting in
        automatic.resolvedSettings.first { $0.key == setting.key }?.text != setting.text
      }
      #expect(differing.map(\.key) == candidate.settings.map(\.key))
      #expect(differing.map(\.text) == candidate.settings.map(\.text))
    }
  }

  @Test func `A search's training is the automatic choice with other epochs, judged by an average`() {
    let automatic = Self.configuration {
      $0.optimization.epochs = 60
      $0.optimization.warmupEpochs = 6
      $0.optimization.earlyStopping.patience = 3
      $0.optimization.refits = true
    }
    let searched = automatic.searched(epochs: 20, fraction: 0.3, averageDecay: 0.9)
    #expect(searched.optimization.epochs == 20 && searched.optimization.warmupEpochs == 2)
    #expect(searched.optimization.earlyStopping.patience == nil && !searched.optimization.refits)
    #expect(searched.validationFraction == 0.3 && searched.optimization.regularization.averageDecay == 0.9)
    #expect(automatic.searchAverageDecay(steps: 100) == 0.95 && automatic.searchAverageDecay(steps: 3) == 0.5)
    #expect(searched.searchAverageDecay(steps: 100) == nil)
    #expect(automatic.lasting(epochs: 60) == automatic)
  }
}
