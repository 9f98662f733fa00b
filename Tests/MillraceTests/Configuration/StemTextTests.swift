import MillraceImages
import MillraceNetwork
import Testing

@testable import MillraceModels
@testable import MillraceTraining
@testable import MillraceWorkshop

struct StemTextTests {
  @Test func `What is left out is as usual, and what is written reads back`() throws {
    let short = try ConvolutionStem(parsing: " conv:32, 64,128 ")
    #expect(short == ConvolutionStem(channels: [32, 64, 128]))
    #expect(
      short.text
        == "conv:32,64,128;kernel=3;stride=1;padding=1;depth=1;pool=max;window=2;activation=relu;dropout=0;head=mean"
    )
    #expect(short.shortText == "conv:32,64,128")
    let other = try ConvolutionStem(parsing: "conv:8;head=flatten;kernel=5;depth=1")
    #expect(other.shortText == "conv:8;kernel=5;head=flatten")
    for text in [
      short.text, "conv:7;kernel=5;stride=2;padding=0;depth=3", "conv:8;head=flatten;dropout=0.25",
      "conv:8;pool=average;window=3;activation=leaky-relu", "conv:8;pool=none",
    ] {
      let stem = try ConvolutionStem(parsing: text)
      #expect(try ConvolutionStem(parsing: stem.text) == stem)
      #expect(try ConvolutionStem(parsing: stem.shortText) == stem)
    }
    #expect(try ConvolutionStem(parsing: "conv:8;kernel=7").padding == 3)
    #expect(try ConvolutionStem(parsing: "conv:8;kernel=7;padding=1").padding == 1)
  }

  @Test(arguments: [
    ("32,64", "must be none, auto, or the channels of each block such as conv:32,64,128, got '32,64'"),
    ("conv:", "needs the channels of each block such as conv:32,64,128, got ''"),
    ("conv:8,0", "conv's channels must be from 1 to 65536, got 0"),
    ("conv:8,", "needs the channels of each block such as conv:32,64,128, got '8,'"),
    ("conv:8;", "what follows conv's channels is written like depth=2 or pool=max, got ''"),
    ("conv:8;pool", "what follows conv's channels is written like depth=2 or pool=max, got 'pool'"),
    (
      "conv:8;groups=2",
      "conv has no 'groups'; it has kernel, stride, padding, depth, window, dropout, pool, activation, head"
    ),
    ("conv:8;heads=mean", "conv has no 'heads'; did you mean 'head'?"),
    ("mixer", "must be none, auto, or the channels of each block such as conv:32,64,128, got 'mixer'"),
    ("conv:8;pool=squares", "'squares' is no pool of conv; use one of none, max, average"),
    ("conv:8;head=meen", "'meen' is no head of conv; did you mean 'mean'?"),
    ("conv:8;kernel=0", "conv's kernel must be a whole number from 1 to 15, got 0"),
    ("conv:8;padding=3", "conv's padding must be less than its kernel, 3, got 3"),
    ("conv:8;pool=max;pool=max", "conv's pool occurs twice; write it once"),
  ])
  func `What cannot be read is said`(text: String, problem: String) {
    let error = #expect(throws: ConfigurationError.self) { try ConvolutionStem(parsing: text) }
    #expect(error?.setting == "stem")
    #expect(error?.problem == problem)
  }

  @Test func `A network is plain unless a stem is asked for, and says nothing of it`() throws {
    var configuration = TrainingConfiguration(data: "")
    #expect(!configuration.settings.contains { $0.key == "stem" })
    let plain = configuration.chosen(for: .unknown)
    #expect(plain.stem == nil)
    #expect(!plain.resolvedSettings.contains { $0.key == "stem" })
    #expect(plain.network(classes: 3).stem == nil && plain.recipe["stem"] == nil)
    try configuration.set("stem", to: "none")
    #expect(!configuration.settings.contains { $0.key == "stem" })
    #expect(configuration.chosen(for: .unknown).stem == nil)

    try configuration.set("stem", to: "auto")
    #expect(configuration.settings.first { $0.key == "stem" }?.text == "auto")
    let chosen = configuration.chosen(for: .unknown)
    let setting = try #require(chosen.resolvedSettings.first { $0.key == "stem" })
    #expect(setting.reason != nil && !setting.isGiven && setting.text == chosen.stem?.text)
    #expect(chosen.settings.first { $0.key == "stem" }?.text == "auto")
    #expect(!chosen.hasPendingChoices && chosen.chosen(for: .unknown) == chosen)
    try chosen.validate()

    try configuration.set("stem", to: "conv:8,16")
    let given = configuration.chosen(for: .unknown)
    #expect(given.resolvedSettings.first { $0.key == "stem" }?.isGiven == true)
    #expect(given.network(classes: 3).widths == [3072, 16, 3])
  }

  @Test func `The file of weights brings its stem`() {
    var facts = DatasetFacts.unknown
    let stem = ConvolutionStem(channels: [4, 5])
    facts.weights = WeightsFacts(areNormalized: true, skipLayers: false, hidden: [7])
    facts.weights?.stem = stem
    let chosen = TrainingConfiguration(data: "").chosen(for: facts)
    #expect(chosen.stem == stem && chosen.hidden == [7] && chosen.batchNormalization == .sync)
    #expect(chosen.resolvedSettings.first { $0.key == "stem" }?.reason == "as in the file of init-weights")
  }

  @Test func `Pictures too small for a stem are refused`() throws {
    var configuration = TrainingConfiguration(data: "")
    configuration.stem = ConvolutionStem(channels: [8, 8, 8])
    configuration.imageSize = ImageSize(width: 8, height: 6)
    let error = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(error?.setting == "stem")
    #expect(
      error?.problem
        == "has 3 blocks, of which number 3 needs more than the 2 × 1 places that are left to it; change it, "
        + "or the image size 8x6")
    configuration.stem = ConvolutionStem(channels: [65_536, 65_536])
    configuration.imageSize = ImageSize(width: 32, height: 32)
    let wide = #expect(throws: ConfigurationError.self) { try configuration.validate() }
    #expect(wide?.setting == "stem")
    #expect(wide?.problem == "makes a network of more than 2^34 weights; make its layers narrower")
  }

  @Test func `A search tries stems where it is asked to`() throws {
    let plain = TrainingConfiguration(data: "").chosen(for: .unknown)
    let usual = try TuningAxis.moving([], except: [], from: plain).map(\.name)
    #expect(!usual.contains("stem") && usual.contains("lr"))
    let axis = try #require(try TuningAxis.moving(["stem"], except: [], from: plain).first)
    for move in axis.possibleMoves(from: plain) {
      var moved = plain
      move.apply(&moved)
      #expect(moved.stem != nil && moved.hidden.isEmpty)
      try moved.validate()
    }
    var given = TrainingConfiguration(data: "")
    given.stem = ConvolutionStem(channels: [8, 8])
    let around = given.chosen(for: .unknown)
    #expect(axis.possibleMoves(from: around).count == 3)
  }
}
