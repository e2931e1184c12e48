// target: hardware
// dispatches: 2
module @concatenate {
  func.func public @main(%a: tensor<30x8xf32>, %b: tensor<30x4xf32>) -> tensor<30x12xf32> {
    %0 = stablehlo.concatenate %a, %b, dim = 1 : (tensor<30x8xf32>, tensor<30x4xf32>) -> tensor<30x12xf32>
    return %0 : tensor<30x12xf32>
  }
}
