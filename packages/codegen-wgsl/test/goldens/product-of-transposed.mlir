// target: hardware
// dispatches: 1
module @product_of_transposed {
  func.func public @main(%a: tensor<3x20x30xf32>, %b: tensor<25x30xf32>) -> tensor<3x20x25xf32> {
    %0 = stablehlo.transpose %b, dims = [1, 0] : (tensor<25x30xf32>) -> tensor<30x25xf32>
    %1 = stablehlo.dot_general %a, %0, contracting_dims = [2] x [0] : (tensor<3x20x30xf32>, tensor<30x25xf32>) -> tensor<3x20x25xf32>
    return %1 : tensor<3x20x25xf32>
  }
}
