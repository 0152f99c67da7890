/** @file The zoo: networks with the topologies of the torchvision family, reduced in width, depth and input, with random weights. */
import { densenet121, googlenet, inceptionV3 } from "./branched.ts";
import { convnextT } from "./convnext.ts";
import type { ZooOptions } from "./kit.ts";
import { maxvitT } from "./maxvit.ts";
import { efficientnetB0, efficientnetV2S, mnasnet, mobilenetV2, mobilenetV3Large, mobilenetV3Small } from "./mobile.ts";
import { alexnet, squeezenet10, squeezenet11, vgg11, vgg11Bn, vgg16 } from "./plain.ts";
import { regnetX, regnetY, resnet18, resnet50, resnext50, wideResnet50 } from "./residual.ts";
import { shufflenetV2 } from "./shufflenet.ts";
import { swinT, swinV2T } from "./swin.ts";
import { vitB, vitSpelled } from "./vit.ts";

export interface ZooNet {
  /** The bytes of an ONNX model: `input` [N,3,s,s] to `logits` [N,10]. Equal options give equal bytes. */
  readonly bytes: (options?: ZooOptions) => Uint8Array;
  /** ReLU is the only nonlinearity beside max pools: with `{ bias: false }`, f(t x) = t f(x) for t > 0. */
  readonly relu: boolean;
  /** Softmax attention between positions. */
  readonly attention: boolean;
  /** Convolutions carry biases of their own; elsewhere only BatchNormalization and dense layers shift. */
  readonly bias: boolean;
}

const biased = (bytes: ZooNet["bytes"]): ZooNet => ({ bytes, relu: true, attention: false, bias: true });
const normalized = (bytes: ZooNet["bytes"]): ZooNet => ({ bytes, relu: true, attention: false, bias: false });
/** Gates or activations that are not ReLU; squeeze-and-excite and ConvNeXt have biases. */
const gated = (bytes: ZooNet["bytes"], bias = true): ZooNet => ({ bytes, relu: false, attention: false, bias });
const attentive = (bytes: ZooNet["bytes"]): ZooNet => ({ bytes, relu: false, attention: true, bias: true });

export const ZOO: Readonly<Record<string, ZooNet>> = {
  alexnet: biased(alexnet),
  "vgg-11": biased(vgg11),
  "vgg-16": biased(vgg16),
  "vgg-11-bn": biased(vgg11Bn),
  "squeezenet-1.0": biased(squeezenet10),
  "squeezenet-1.1": biased(squeezenet11),
  "resnet-18": normalized(resnet18),
  "resnet-50": normalized(resnet50),
  "resnext-50": normalized(resnext50),
  "wide-resnet-50": normalized(wideResnet50),
  "regnet-x": normalized(regnetX),
  "regnet-y": gated(regnetY),
  "densenet-121": normalized(densenet121),
  googlenet: normalized(googlenet),
  "inception-v3": normalized(inceptionV3),
  "shufflenet-v2": normalized(shufflenetV2),
  "mobilenet-v2": gated(mobilenetV2, false),
  "mobilenet-v3-small": gated(mobilenetV3Small),
  "mobilenet-v3-large": gated(mobilenetV3Large),
  mnasnet: normalized(mnasnet),
  "efficientnet-b0": gated(efficientnetB0),
  "efficientnet-v2-s": gated(efficientnetV2S),
  "convnext-t": gated(convnextT),
  "vit-b": attentive(vitB),
  "vit-spelled": attentive(vitSpelled),
  "swin-t": attentive(swinT),
  "swin-v2-t": attentive(swinV2T),
  "maxvit-t": attentive(maxvitT),
};
