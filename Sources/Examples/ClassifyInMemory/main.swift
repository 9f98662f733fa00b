// Names pictures that lie in memory, as an app or a server has them.
import Foundation
import MillraceModels

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 2 else { fatalError("usage: example-classify-in-memory MODEL IMAGE") }

let classifier = Classifier(try Model(contentsOf: arguments[0]))

// The bytes of a file, as they come from a camera or over a network.
let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1])))
for guess in try classifier.predict(encoded: bytes, topK: 2) { print(guess.name, guess.probability) }

// Pixels, as a program has drawn them; from several threads at once.
let squares = (0..<4).map { number in
  Image(width: 8, height: 8, channels: .gray, pixels: Array(repeating: UInt8(60 * number), count: 64))
}
let names = try await withThrowingTaskGroup(of: (Int, String).self) { group in
  for (number, square) in squares.enumerated() {
    group.addTask { (number, try classifier.predict(square)[0].name) }
  }
  var names = Array(repeating: "", count: squares.count)
  for try await (number, name) in group { names[number] = name }
  return names
}
print(names.joined(separator: " "))
