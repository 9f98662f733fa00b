import Millrace

extension Model {
  /// What an `.npz` file holds, by name: each parameter under its own; `classes`; `mean` and `standard_deviation` of
  /// the normalisation; and each entry of the metadata, as a text.
  func numpyArrays() throws -> [(name: String, array: NumPyArray)] {
    var arrays = Network(network).parameters.map { parameter in
      (
        name: parameter.name,
        array: NumPyArray(Array(parameters[parameter.range]), shape: parameter.description.shape)
      )
    }
    let normalization = preprocessing.normalization
    arrays.append(("classes", NumPyArray(classes, shape: [classes.count])))
    arrays.append(("mean", NumPyArray(normalization.mean, shape: [normalization.mean.count])))
    arrays.append(
      (
        "standard_deviation",
        NumPyArray(normalization.standardDeviation, shape: [normalization.standardDeviation.count])
      ))
    for (key, text) in try metadata().sorted(by: { $0.key < $1.key }) {
      arrays.append((key, NumPyArray([text], shape: [])))
    }
    return arrays
  }
}
