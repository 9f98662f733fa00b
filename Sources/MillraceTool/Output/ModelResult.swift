import Millrace

/// A model's description as JSON.
struct ModelResult: Encodable {
  struct Tensor: Encodable {
    let name: String
    let shape: [Int]
  }

  let path: String
  let classes: [String]
  let network: NetworkConfiguration
  let parameterCount: Int
  let tensors: [Tensor]
  let preprocessing: Preprocessing
  let recipe: [String: String]

  init(_ model: Model, path: String) {
    self.path = path
    classes = model.classes
    network = model.network
    parameterCount = model.parameters.count
    tensors = Network(model.network).parameters.map { Tensor(name: $0.name, shape: $0.description.shape) }
    preprocessing = model.preprocessing
    recipe = model.recipe
  }
}
