import Foundation
import Testing

/// Fifty slips: each is refused in one line that says what is wrong and what to do instead, and nothing is written.
struct WrongCommandLineTests {
  /// A slip, and the words of its cure.
  struct Slip: CustomTestStringConvertible, Sendable {
    let words: [String]
    let mending: [String]
    let status: Int32

    init(_ line: String, _ mending: String..., status: Int32 = 64) {
      words = line.split(separator: " ").map(String.init)
      self.mending = mending
      self.status = status
    }

    var testDescription: String { words.joined(separator: " ") }
  }

  private static let names = [
    Slip("trian data", "did you mean 'train'"), Slip("Train data", "did you mean 'train'"),
    Slip("train data --epoch 3", "did you mean '--epochs'"), Slip("train data --batchsize 8", "--batch-size"),
    Slip("train data --learning-rate 0.1", "--learning-rate"), Slip("train data -epochs 3", "--epochs"),
    Slip("train data --optimizer sgdm", "did you mean 'sgd'"),
    Slip("train data --optimizer adam:lr=0.1", "adam has no 'lr'", "beta1"),
    Slip("train data --schedule cosin", "did you mean 'cosine'"),
    Slip("train data --activation relu6", "relu", "unknown"), Slip("train data --loss mse", "squared-error"),
    Slip("train data --augment flips", "did you mean \"flip\""),
    Slip("train data --augment rotate:", "rotate"),
    Slip("train data --augment crop:ratio=", "ratio"),
    Slip("train data --balance weight", "did you mean 'weights'"),
    Slip("train data --batch-norm yes", "none, shard, sync"),
    Slip("train data --precision bf15", "--precision", "did you mean 'bf16'"),
    Slip("train data --precision half", "float32, bf16"),
    Slip("predict m a.jpg --precision bf16", "--precision"),
    Slip("train data --monitor acc", "accuracy, loss, last"),
    Slip("preview data --format gif", "png"), Slip("export model --format tflite", "onnx", "npz"),
  ]

  private static let values = [
    Slip("train data --epochs ten", "--epochs: must be a whole number"),
    Slip("train data --epochs 0", "from 1"),
    Slip("train data --epochs 3.5", "whole number"), Slip("train data --lr 0,1", "--lr: must be a number"),
    Slip("train data --lr -1", "above 0"), Slip("train data --dropout 50", "--dropout", "below 1"),
    Slip("train data --val-fraction 120%", "--val-fraction"),
    Slip("train data --image-size big", "WIDTHxHEIGHT"),
    Slip("train data --image-size 0", "--image-size"), Slip("train data --hidden 512x256", "512,256"),
    Slip("train data --channels cmyk", "rgb or gray"), Slip("train data --background sky", "such as white"),
    Slip("train data --normalize 0.5", "MEAN/DEVIATION"), Slip("train data --cache lots", "--cache"),
    Slip("train data --time 10", "30s, 20m or 1h"), Slip("train data --seed -1", "2^64"),
    Slip("evaluate model data --precision 0.9", "--thresholds"),
    Slip("evaluate model data --thresholds t.json --precision 90", "--precision"),
    Slip("predict model a.jpg --top-k 0", "--top-k"), Slip("check data --max-bad -3", "--max-bad"),
    Slip("train data --augment rotate:720", "rotate", "180"),
  ]

  private static let pairs = [
    Slip("train data --optimizer adam --nesterov", "--nesterov"),
    Slip("train data --optimizer sgd --momentum 0.9", "unless optimizer is momentum"),
    Slip("train data --hidden none --dropout 0.5", "where hidden is none"),
    Slip("train data --loss cross-entropy --output-activation tanh", "softmax"),
    Slip("train data --folds 5 --ensemble 5", "--ensemble: cannot be combined with folds"),
    Slip("train data --member 2", "--member", "ensemble or folds"),
    Slip("train data --folds 1000", "--folds", "to 100"),
    Slip("train data --folds 13", "set at most 12 folds"),
    Slip("train data --patience 5 --monitor last", "where monitor is last"),
    Slip("train --resume nowhere", "nowhere", status: 66), Slip("tune data", "--time 20m"),
  ]

  private static let paths = [
    Slip("train", "DATA"), Slip("train dta", "dta", "no such", status: 66),
    Slip("train data/ring", "data/ring", status: 65), Slip("evaluate runs/1", "data"),
    Slip("evaluate data model", "data", status: 66), Slip("train data other", "other"),
  ]

  @Test(arguments: names + values + pairs + paths)
  func `A slip is told in a line that mends it`(slip: Slip) throws {
    let bench = try Workbench()
    try bench.dataset("data")
    let before = bench.contents
    let outcome = try bench.run(slip.words)
    #expect(outcome.status == slip.status, "\(outcome.errors)")
    #expect(
      outcome.errorLines.count == 1 && outcome.errors.hasPrefix("millrace: error: "), "\(outcome.errors)")
    for word in slip.mending { #expect(outcome.errors.contains(word), "\(word) in \(outcome.errors)") }
    #expect(outcome.output.isEmpty && bench.contents == before)
  }

  @Test(arguments: [
    ("epochs 3\n", "run.yaml:1", "epochs: 20"), ("epochs: three\n", "run.yaml:1: epochs", "whole number"),
    ("seed: 1\n  epochs: 3\n", "run.yaml:2", "key: value"),
    ("augment: {rotate: {degrees: [1]}}\n", "run.yaml:1: augment", "as the flag does"),
    ("epochs:\n", "run.yaml:1: epochs: has no value", "remove the line"),
    ("epochs: 3\nepochs: 4\n", "run.yaml", "occurs twice"),
    ("lerning-rate: 1\n", "run.yaml:1: lerning-rate: there is no such setting", "lr"),
  ])
  func `A slip in a configuration file is told with its line`(file: String, place: String, mending: String)
    throws
  {
    let bench = try Workbench()
    try bench.dataset("data")
    try bench.file("run.yaml", file)
    let outcome = try bench.run("train", "data", "--config", "run.yaml")
    #expect(outcome.status == 64 && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains(place) && outcome.errors.contains(mending), "\(outcome.errors)")
  }
}
