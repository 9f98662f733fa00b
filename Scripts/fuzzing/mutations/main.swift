// Damages small images in so many ways, the same ones each time, and decodes them.
//
//     mutations COUNT FOLDER RESULT
//
// Standard output and standard error stay empty, so that whoever calls this sees what the codecs write there. The
// score goes to the file RESULT. The exit code is 1 where the decoder did something that it may not.
import Foundation
import MillraceImages
import MillraceRandom

let arguments = CommandLine.arguments
guard arguments.count == 4, let total = Int(arguments[1]), total > 0 else {
  FileHandle.standardError.write(Data("usage: mutations COUNT FOLDER RESULT\n".utf8))
  exit(64)
}
let seeds = try Seed.all(in: arguments[2])
let trial = Trial()

// These are all prefixes of all images; where the count is small, half of it are prefixes at equal distances.
let prefixes = seeds.flatMap { seed in seed.bytes.indices.map { (seed, $0) } }
let prefixCount = min(prefixes.count, total / 2)
for index in 0..<prefixCount {
  let (seed, count) = prefixes[index * prefixes.count / prefixCount]
  try trial.run(Array(seed.bytes.prefix(count)), of: seed, .truncation)
}

var number = prefixCount
let random = Mutation.allCases.filter { $0 != .truncation }
while number < total {
  var draw = KeyedRandom(seed: 1, purpose: .augmentation, epoch: 0, sample: number)
  let mutation = random[number % random.count]
  let seed = seeds[draw.index(below: seeds.count)]
  try trial.run(mutation.apply(to: seed, others: seeds, &draw), of: seed, mutation)
  number += 1
}

var lines = ["\(number) damaged files of \(seeds.count) images"]
lines += Mutation.allCases.map { "  \($0.rawValue): \(trial.done[$0, default: 0])" }
lines.append("what became of them")
lines += trial.counts.sorted { $0.key < $1.key }.map { "  \($0.key): \($0.value)" }
lines.append("slowest: \(String(format: "%.3f", trial.slowest.seconds)) s (\(trial.slowest.what))")
lines += trial.failures.prefix(50).map { "FAILURE: \($0)" }
lines.append("failures: \(trial.failures.count)")
try (lines.joined(separator: "\n") + "\n").write(toFile: arguments[3], atomically: true, encoding: .utf8)
exit(trial.failures.isEmpty ? 0 : 1)
