// Adds an augmentation to those that policies can name, and writes a preview of it.
import Millrace

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 2 else { fatalError("usage: example-own-augmentation DATA NEWFOLDER") }
let (data, folder) = (arguments[0], arguments[1])

AugmentationRegistry.register(Vignette.self)
var configuration = TrainingConfiguration(data: data)
configuration.augment = try AugmentationPolicy(parsing: "flip:0.5, vignette:0.2..0.8")
print(try Preview().write(configuration, to: folder).contactSheet)
