import MillraceImages
import MillraceModels
import MillraceNetwork

/// A model's description as JSON.
struct ModelResult: Encodable {
  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
  }

  let path: String
  let classes: [String]
  let network: NetworkConfiguration
  /// How many networks of that kind there are.
  let members: Int
  /// Of the calibrated probabilities; 1 where they are not.
  let temperature: Double
  let parameterCount: Int
  let tensors: [Tensor]
  let preprocessing: Preprocessing
  let recipe: [String: String]
  /// What its makers wrote of it.
  let notes: [String: String]

  init(_ model: Model, path: String) {
    self.path = path
    classes = model.classes
    network = model.network
    members = model.members.count
    temperature = model.temperature
    parameterCount = model.parameters.count
    tensors = model.tensors.map { Tensor(name: $0.name, shape: $0.shape) }
    preprocessing = model.preprocessing
    recipe = model.recipe
    notes = model.notes
  }
}
