// Draws sample-data: eight classes of figures in a training and a validation part.
//
//     swift run -c release draw-sample-data sample-data
//
// Every picture is a pure function of the seed, its part, its class and its number, so drawing again on the same
// kind of machine writes the same bytes.
import Foundation
import MillraceImages
import MillraceRandom

let seed: UInt64 = 7

/// A folder of the data set.
struct Part {
  let name: String
  let number: Int
  let spread: Spread
  let picturesPerClass: Int
}

let parts = [
  Part(name: "train", number: 0, spread: .training, picturesPerClass: 40),
  Part(name: "val", number: 1, spread: .validation, picturesPerClass: 30),
]

guard CommandLine.arguments.count == 2, !CommandLine.arguments[1].hasPrefix("-") else {
  FileHandle.standardError.write(Data("usage: draw-sample-data FOLDER\n".utf8))
  exit(64)
}
let root = CommandLine.arguments[1]

do {
  for part in parts {
    for (index, figure) in Figure.allCases.enumerated() {
      let folder = "\(root)/\(part.name)/\(figure.rawValue)"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      for number in 1...part.picturesPerClass {
        // No purpose is for drawing; the choice only fixes the numbers.
        var random = KeyedRandom(
          seed: seed, purpose: .preview, epoch: part.number * Figure.allCases.count + index, sample: number)
        let channels: Channels = random.bernoulli(0.15) ? .gray : .rgb
        // Grain would make a PNG several times larger.
        let isPNG = random.bernoulli(0.4)
        let grain = isPNG ? 0 : random.uniform(0, 5)
        let image = Picture(of: figure, spread: part.spread, channels: channels, grain: grain, using: &random)
          .image
        let bytes = isPNG ? ImageEncoder.png(image) : try ImageEncoder.jpeg(image, quality: 85)
        let name = "\(number < 10 ? "0" : "")\(number).\(isPNG ? "png" : "jpg")"
        try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)"))
      }
    }
  }
} catch {
  FileHandle.standardError.write(
    Data("draw-sample-data: cannot write into \(root); give a folder that you may write to\n".utf8))
  exit(74)
}
