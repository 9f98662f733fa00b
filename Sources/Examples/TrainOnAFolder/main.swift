// Trains on a folder of images, measures the model on others, and names what they show.
import Millrace

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 2 else { fatalError("usage: example-train-on-a-folder DATA TESTDATA") }
let (data, testData) = (arguments[0], arguments[1])

var configuration = TrainingConfiguration(data: data)
configuration.augment = try AugmentationPolicy(parsing: "light")
configuration.optimization.epochs = 10
let summary = try TrainingRun(configuration).train { event in
  if case .epochFinished(let epoch) = event { print(epoch.epoch + 1, epoch.training.mean ?? .nan) }
}

// The model, as it also stands in the run's folder.
let model = try Model(contentsOf: summary.modelPath ?? "")
print("accuracy", try model.evaluate(testData).accuracy)
for image in try model.predict([testData]) { print(image.path, image.ranked[0].name) }
